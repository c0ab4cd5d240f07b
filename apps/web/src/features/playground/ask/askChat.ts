import { serverEvents } from '@stoa/protocol'
import { z } from 'zod'
import { receiptSchema } from '../../../data/receipts.ts'
import { RequestError, send } from '../../../data/request.ts'
import type { AskParameters, Bought, Question } from '../types.ts'
import { rulesMember } from './rulesMember.ts'

/** A stream that breaks off says so in an event of its own, and is over. */
const failure = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) })

const chunk = z.object({
  choices: z.array(
    z.object({ delta: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }),
  ),
  usage: z.object({ completion_tokens: z.int() }).nullish(),
  stoa: z.object({ receipt: receiptSchema }).nullish(),
})

/** A prompt to a model that generates text, or to a server behind one; the text is told as it comes, before anything of it was checked. */
export async function askChat(
  { task, prompt, maxTokens, temperature, seed }: Extract<Question, { task: 'generate' | 'chat' }>,
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
    const event: unknown = JSON.parse(data)
    const failed = failure.safeParse(event).data?.error
    if (failed) throw broken(failed.message, failed.code ?? undefined)
    const { choices, usage, stoa } = chunk.parse(event)
    const [choice] = choices
    text += choice?.delta.content ?? ''
    finish = choice?.finish_reason ?? finish
    if (choice?.delta.content) onText(text)
    if (stoa) {
      const answer = { task, text, finish, tokens: usage?.completion_tokens ?? 0 } as const
      // The gateway makes the tokens; they are what was signed, and this page has the words only.
      return { answer, receipt: stoa.receipt, held: {} }
    }
  }
  throw broken('The answer broke off before its receipt.')
}

function broken(said: string, code = 'BROKEN_OFF'): RequestError {
  const [message = said, ...hints] = said.split('\n')
  const hint = hints.join(' ') || 'What was bought is kept by the gateway, and listed with the receipts.'
  return new RequestError(message, { code, status: 200, hint })
}
