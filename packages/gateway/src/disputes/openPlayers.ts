import { type FirstCall, type NextStep, openPlayerInProcess, type Player } from '@stoa/engine/dispute'
import { bytesToHex, type Hex } from '@stoa/protocol'
import type { PlayedGame } from '@stoa/sdk'

import type { CaseFiles, Dispute } from './dispute.ts'
import { MoveTooLongError } from './errors.ts'

/** Runs that are kept open between moves; a game that comes again later is computed again. */
const MAX_OPEN = 2

/** Who knows what to say in disputes: a process for each of the last ones asked about. */
export type Players = {
  /** What to dispute an answer with; undefined where it was right after all. */
  complaint(dispute: Dispute): Promise<FirstCall | undefined>
  nextStep(dispute: Dispute, game: PlayedGame): Promise<NextStep>
  release(receipt: Hex): void
  /** Kills all processes. */
  close(): void
}

export type OpenPlayersParameters = {
  open?: typeof openPlayerInProcess
  caseFiles: (receipt: Hex) => CaseFiles | undefined
  moveMs: number
}

type Opened = { player: Promise<Player>; ending: AbortController }

/** Each question throws `MoveTooLongError` when it takes longer than `moveMs`, and what the player throws; its process has then ended, and the next starts another. */
export function openPlayers({ open = openPlayerInProcess, caseFiles, moveMs }: OpenPlayersParameters): Players {
  const opened = new Map<Hex, Opened>()
  const end = (receipt: Hex, reason: unknown) => {
    const own = opened.get(receipt)
    opened.delete(receipt)
    own?.ending.abort(reason)
  }
  const start = ({ receipt, signed }: Dispute): Opened => {
    const call = caseFiles(receipt)
    if (!call) throw new TypeError('there is no call to play about')
    const ending = new AbortController()
    const { signature, ...plain } = signed
    const answer = { ...call, receipt: plain, signature: bytesToHex(signature) }
    const player = open(answer, { signal: ending.signal })
    player.catch(() => {
      if (opened.get(receipt)?.player === player) opened.delete(receipt)
    })
    return { player, ending }
  }
  const ask = async <T>(dispute: Dispute, question: (player: Player) => Promise<T>): Promise<T> => {
    const { receipt, model } = dispute
    const own = opened.get(receipt) ?? start(dispute)
    // Last in the map: the first is the one that was not asked for longest.
    opened.delete(receipt)
    opened.set(receipt, own)
    for (const oldest of opened.keys()) if (opened.size > MAX_OPEN) end(oldest, new Error('another is played'))
    const timer = setTimeout(() => end(receipt, new MoveTooLongError(model, moveMs)), moveMs)
    try {
      return await question(await own.player)
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    complaint: (dispute) => ask(dispute, (player) => player.complaint()),
    nextStep: (dispute, game) => ask(dispute, (player) => player.nextStep('challenger', game)),
    release: (receipt) => end(receipt, new Error('the dispute is over')),
    close() {
      for (const receipt of [...opened.keys()]) end(receipt, new Error('the gateway closes'))
    },
  }
}
