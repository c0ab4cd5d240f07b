import type { FirstCall, GameSoFar, NextStep, Side } from './player.ts'

/** A question to the process, and its answer. */
export type Question =
  | { readonly ask: 'answeredRight' | 'complaint' }
  | { readonly ask: 'nextStep'; side: Side; game: GameSoFar }
export type Reply = { readonly answeredRight: boolean } | { readonly complaint: FirstCall | undefined } | NextStep
