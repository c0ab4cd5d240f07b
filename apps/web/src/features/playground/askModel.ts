import { askChat } from './ask/askChat.ts'
import { askEmbedding } from './ask/askEmbedding.ts'
import { askImage } from './ask/askImage.ts'
import { askTensors } from './ask/askTensors.ts'
import type { AskParameters, Bought, Question } from './types.ts'

/** Buys one answer through the viewer's gateway. Throws `RequestError`, or what is wrong with the question. */
export async function askModel(question: Question, parameters: AskParameters): Promise<Bought> {
  const started = performance.now()
  const bought = await ask(question, parameters)
  return { ...bought, ms: performance.now() - started }
}

function ask(question: Question, parameters: AskParameters): Promise<Omit<Bought, 'ms'>> {
  switch (question.task) {
    case 'ocr':
      return askImage(question, parameters)
    case 'generate':
    case 'chat':
      return askChat(question, parameters)
    case 'embedding':
      return askEmbedding(question, parameters)
    case 'graph':
      return askTensors(question, parameters)
  }
}
