import { serverEvents } from '@stoa/protocol'
import { z } from 'zod'
import { receiptSchema } from '../../../data/receipts.ts'
import { RequestError, send } from '../../../data/request.ts'
import type { AskParameters, Bought, Question } from '../types.ts'
import { rulesMember } from './rulesMember.ts'

const chunk = z.object({
  choices: z.array(
    z.object({ delta: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }),
  ),
  usage: z.object({ completion_tokens: z.int() }).nullish(),
  stoa: z.object({ receipt: receiptSchema }).nullish(),
})

/** A prompt to a model that generates text; the text is told as it comes. */
export async function askChat(
  { prompt, maxTokens, temperature, seed }: Extract<Question, { task: 'generate' }>,
  { model, rules, signal, onText }: AskParameters,
): Promise<Omit<Bought, 'ms'>> {
  const response = await send('/api/gateway/v1/chat/completions', {
    body: {
      model: model.id,
      messages: [{ role: 'user', content: prompt }],
      ...{ max_tokens: maxTokens, temperature, ...(seed !== undefined && { seed }), stream: true },
      ...rulesMember(rules),
    },
    signal,
  })
  let text = ''
  let finish = ''
  for await (const data of serverEvents(response.body ?? new ReadableStream(), signal)) {
    if (data === '[DONE]') break
    const { choices, usage, stoa } = chunk.parse(JSON.parse(data))
    const [choice] = choices
    text += choice?.delta.content ?? ''
    finish = choice?.finish_reason ?? finish
    onText(text)
    if (stoa) {
      const answer = { task: 'generate', text, finish, tokens: usage?.completion_tokens ?? 0 } as const
      // The gateway makes the tokens; they are what was signed, and this page has the words only.
      return { answer, receipt: stoa.receipt, held: {} }
    }
  }
  throw new RequestError('The answer broke off before its receipt.', {
    ...{ code: 'BROKEN_OFF', status: response.status },
    hint: 'What was bought is kept by the gateway, and listed with the receipts.',
  })
}
