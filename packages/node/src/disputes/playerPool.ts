import type { JudgedAnswer, OpenPlayerOptions, Player } from '@stoa/engine/dispute'
import type { Hex } from '@stoa/protocol'

export type PlayerPoolParameters = {
  open: (answer: JudgedAnswer, options: OpenPlayerOptions) => Promise<Player>
  /** Players that may be open at once: each holds a model and up to 256 MiB of a run. */
  most: number
  /** Milliseconds that opening a player, or one question to it, may take. */
  timeoutMs: number
}

/** Players of games, by the receipts that these are about, so that a run is computed once for all moves and all games about it. */
export type PlayerPool = {
  /** Asks the player of an answer, opening it if it is not open. Callers see to it that no more than `most` are asked at once. */
  ask<T>(receiptDigest: Hex, answer: JudgedAnswer, question: (player: Player) => Promise<T>): Promise<T>
  /** Ends a player that is no longer needed. */
  drop(receiptDigest: Hex): void
  close(): void
}

/** A player took too long. Its process is ended; the next question starts another. */
export class PlayerTooSlowError extends Error {
  override name = 'PlayerTooSlowError'
}

type Seat = { player: Promise<Player>; ending: AbortController; asked: number }

export function createPlayerPool({ open, most, timeoutMs }: PlayerPoolParameters): PlayerPool {
  const seats = new Map<Hex, Seat>()
  const end = (digest: Hex, reason: unknown) => {
    const seat = seats.get(digest)
    seats.delete(digest)
    seat?.ending.abort(reason)
  }
  const makeRoom = () => {
    // The first is the one that was not asked for longest.
    for (const [digest, { asked }] of seats) {
      if (seats.size < most) return
      if (asked === 0) end(digest, new Error('room is needed for another player'))
    }
  }
  const take = (digest: Hex, answer: JudgedAnswer): Seat => {
    const known = seats.get(digest)
    if (!known) makeRoom()
    const start = (): Seat => {
      const ending = new AbortController()
      const player = open(answer, { signal: ending.signal })
      return { player, ending, asked: 0 }
    }
    const seat = known ?? start()
    seats.delete(digest)
    seats.set(digest, seat)
    return seat
  }
  return {
    async ask(digest, answer, question) {
      const seat = take(digest, answer)
      seat.asked++
      const timer = setTimeout(() => {
        seat.ending.abort(new PlayerTooSlowError(`no answer from the player within ${timeoutMs} ms`))
      }, timeoutMs)
      try {
        return await question(await seat.player)
      } catch (error) {
        if (seats.get(digest) === seat) end(digest, error)
        throw error
      } finally {
        seat.asked--
        clearTimeout(timer)
      }
    },
    drop: (digest) => end(digest, new Error('the game is over')),
    close() {
      for (const digest of seats.keys()) end(digest, new Error('the node closes'))
    },
  }
}
