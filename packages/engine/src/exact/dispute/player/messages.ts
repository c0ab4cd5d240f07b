import type { GameSoFar, NextStep, Side } from './player.ts'

/** A question to the thread, and its answer. */
export type Question = { readonly ask: 'answeredRight' } | { readonly ask: 'nextStep'; side: Side; game: GameSoFar }
export type Reply = { readonly answeredRight: boolean } | NextStep
