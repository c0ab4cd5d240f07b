import { modelEnvironment } from '../../../inference/process/modelEnvironment.ts'
import { modelMemory } from '../../../inference/process/modelMemory.ts'
import { openInProcess, siblingEntry } from '../../../worker/index.ts'
import { PlayerClosedError, PlayerCrashedError, PlayerTooLongError } from './errors.ts'
import type { Question, Reply } from './messages.ts'
import type { JudgedAnswer, Player } from './player.ts'

export type OpenPlayerOptions = {
  /** Aborting kills the process for good, whatever it does, and rejects the opening and every question with the signal's reason. */
  signal?: AbortSignal
}

/** For opening, and for a question: callers that know better abort. */
const MOST_MS = 3_600_000

/**
 * Opens a player in a process of its own, with a limit of memory, so that neither running and hashing a whole model holds up the caller's event loop, nor a stranger's model takes the caller with it.
 * Resolves when the run is done; questions are answered one after the other. If the process ends unexpectedly, the one under way rejects with `PlayerCrashedError` (retryable), and the next has another process.
 * Errors keep their name, code and hint, but not their class. After an hour a question is given up (`PlayerTooLongError`).
 */
export async function openPlayerInProcess(answer: JudgedAnswer, { signal }: OpenPlayerOptions = {}): Promise<Player> {
  const { ready, run, finish } = openInProcess<Question, Reply>({
    ...{ entry: siblingEntry(import.meta.url, 'playerProcess'), data: answer, openMs: MOST_MS, runMs: MOST_MS },
    ...{ memoryMb: modelMemory(answer.files), env: modelEnvironment(), signal },
    closed: () => new PlayerClosedError(),
    crashed: (details) => new PlayerCrashedError(details),
    tooLong: (milliseconds) => new PlayerTooLongError(milliseconds),
  })
  await ready()
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
      if (!('step' in reply)) throw new TypeError('the process answered another question')
      return reply
    },
    close: finish,
  }
}
