import { openInWorker, siblingEntry } from '../../../worker/index.ts'
import { PlayerClosedError, PlayerCrashedError } from './errors.ts'
import type { Question, Reply } from './messages.ts'
import type { JudgedAnswer, Player } from './player.ts'

export type OpenPlayerOptions = {
  /** Aborting ends the thread for good, whatever it does, and rejects the opening and every question with the signal's reason. */
  signal?: AbortSignal
}

/**
 * Opens a player in a thread of its own, so that running and hashing a whole model never holds up the caller's event loop. Resolves when the run is done; questions are
 * answered one after the other. If the thread ends unexpectedly, they reject with `PlayerCrashedError` (retryable), and the next one starts a new thread. Errors
 * keep their name, code and hint, but not their class. There is no time limit: callers that have one abort.
 */
export async function openPlayerInWorker(
  answer: JudgedAnswer,
  { signal: end }: OpenPlayerOptions = {},
): Promise<Player> {
  const { run, close } = await openInWorker<Question, Reply>({
    ...{ entry: siblingEntry(import.meta.url, 'playerWorker'), data: answer, name: 'stoa-dispute', end },
    pack: (message) => ({ message }),
    closed: () => new PlayerClosedError(),
    crashed: (details, cause) => new PlayerCrashedError(details, cause),
  })
  return {
    async answeredRight() {
      const reply = await run({ ask: 'answeredRight' })
      return 'answeredRight' in reply && reply.answeredRight
    },
    async complaint() {
      const reply = await run({ ask: 'complaint' })
      return 'complaint' in reply ? reply.complaint : undefined
    },
    async nextStep(side, { state, rows, opened, data, folds, states, stage }) {
      const game = { state, rows, opened, data, folds, states, stage }
      const reply = await run({ ask: 'nextStep', side, game })
      if (!('step' in reply)) throw new TypeError('the thread answered another question')
      return reply
    },
    close,
  }
}
