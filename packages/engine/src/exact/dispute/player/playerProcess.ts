import { serveProcess } from '../../../worker/index.ts'
import type { Question, Reply } from './messages.ts'
import { openPlayer } from './openPlayer.ts'
import type { JudgedAnswer } from './player.ts'

// Entry of the process that `openPlayerInProcess` starts.
serveProcess<Question, Reply>(async (answer) => {
  const player = await openPlayer(answer as JudgedAnswer)
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
