import { parentPort, workerData } from 'node:worker_threads'
import { serveThread } from '../../../worker/index.ts'
import type { Question, Reply } from './messages.ts'
import { openPlayer } from './openPlayer.ts'
import type { JudgedAnswer } from './player.ts'

// Entry of the thread that `openPlayerInWorker` starts.
if (parentPort)
  await serveThread<Question, Reply>(parentPort, async () => {
    const player = await openPlayer(workerData as JudgedAnswer)
    return {
      async run(question) {
        switch (question.ask) {
          case 'answeredRight':
            return { message: { answeredRight: await player.answeredRight() } }
          case 'complaint':
            return { message: { complaint: await player.complaint() } }
          case 'nextStep':
            return { message: await player.nextStep(question.side, question.game) }
        }
      },
      close: () => player.close(),
    }
  })
