import { randomUUID } from 'node:crypto'
import type { Handler } from 'hono'
import { z } from 'zod'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import { callerSignal } from '../callerSignal.ts'
import { rulesField } from '../callRules.ts'
import type { Env, HttpContext } from '../context.ts'
import { describeSale, describeUsage } from '../describeSale.ts'
import { readJson } from '../readJson.ts'
import { streamEvents } from '../streamEvents.ts'
import { type Generated, generate } from './generate.ts'
import { samplingFields } from './sampling.ts'

const completionBody = z.object({
  ...{ model: z.string().min(1).max(200), n: z.int().nullish() },
  prompt: z.union([
    z.string(),
    z
      .array(
        z
          .int()
          .min(0)
          .max(2 ** 32 - 1),
      )
      .min(1),
  ]),
  ...{ stream: z.boolean().nullish(), echo: z.boolean().nullish() },
  ...samplingFields,
  ...rulesField,
})

/** `POST /v1/completions`: the text that a model goes on with; `prompt` is a text, or a list of the model's own tokens. */
export function completions(context: HttpContext): Handler<Env> {
  return async (c) => {
    const body = await readJson(c.req.raw, completionBody, context.limits.bodyBytes)
    const { model } = body
    const prompt = typeof body.prompt === 'string' ? { text: body.prompt } : { ids: body.prompt }
    const { card } = await context.market.find(model)
    if (card.task !== 'generate')
      throw new WrongTaskError(model, card.task, 'GET /v1/models tells which model generates text.')
    if (body.n != null && body.n !== 1) throw new BadRequestError('One text is given, "n" must be 1.', { param: 'n' })
    if (body.echo) throw new BadRequestError('The prompt is not given back, "echo" must be false.', { param: 'echo' })
    const call = { model, prompt, param: 'prompt', body } as const
    const caller = callerSignal(c)
    if (!body.stream) return c.json(describe(await generate(context, { ...call, signal: caller }), context.tokens))
    return streamEvents(context, caller, async (send, signal) => {
      const frame = { id: `cmpl-${randomUUID().replaceAll('-', '')}`, object: 'text_completion', created: now(), model }
      const chunk = (text: string, finish: string | null) => {
        return { ...frame, choices: [{ index: 0, text, logprobs: null, finish_reason: finish }] }
      }
      const onText = (text: string) => send(chunk(text, null))
      const generated = await generate(context, { ...call, signal, onText })
      const { usage, stoa } = describe(generated, context.tokens)
      send({ ...chunk('', generated.finish), usage, stoa })
    })
  }
}

const now = () => Math.floor(Date.now() / 1000)

function describe({ result, text, finish, counts }: Generated, tokens: (wei: bigint) => string) {
  const { record, receipt, model } = result
  return {
    ...{ id: `cmpl-${record.digest.slice(2, 34)}`, object: 'text_completion', created: receipt.answeredAt },
    model: model.name,
    choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
    usage: describeUsage(result, counts, tokens),
    stoa: describeSale(result),
  }
}
