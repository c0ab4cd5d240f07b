import type { Handler } from 'hono'
import { z } from 'zod'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import { callerSignal } from '../callerSignal.ts'
import { rulesField } from '../callRules.ts'
import type { Env, HttpContext } from '../context.ts'
import { describeSale, describeUsage } from '../describeSale.ts'
import { readJson } from '../readJson.ts'
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
    const generated = await generate(context, { model, prompt, param: 'prompt', body, signal: callerSignal(c) })
    const completion = describe(generated, context.tokens)
    if (!body.stream) return c.json(completion)
    const events = [JSON.stringify(completion), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
    return c.body(events, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  }
}

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
