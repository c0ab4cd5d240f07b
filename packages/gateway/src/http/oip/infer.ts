import type { Handler } from 'hono'
import { z } from 'zod'
import { WrongTaskError } from '../../errors.ts'
import { callerSignal } from '../callerSignal.ts'
import type { Env, HttpContext } from '../context.ts'
import { describeSale } from '../describeSale.ts'
import { readJson } from '../readJson.ts'
import { fromJson, jsonTensor, toJson } from './tensorJson.ts'

const body = z.object({
  id: z.string().max(200).optional(),
  inputs: z.array(jsonTensor).min(1).max(64),
  outputs: z
    .array(z.object({ name: z.string().max(32) }))
    .max(64)
    .optional(),
})

/** `POST /v2/models/<model>/infer`: tensors in, tensors out, by models of the task `graph` (Open Inference Protocol, JSON tensors). */
export function infer({ infer, market, limits }: HttpContext): Handler<Env> {
  return async (c) => {
    const model = c.req.param('model') ?? ''
    const { id, inputs, outputs } = await readJson(c.req.raw, body, limits.bodyBytes)
    const { card } = await market.find(model)
    if (card.task !== 'graph')
      throw new WrongTaskError(model, card.task, 'GET /v1/models tells which model takes tensors ("task": "graph").')
    const result = await infer({ model, request: inputs.map(fromJson), signal: callerSignal(c) })
    // The call is paid for: a name that the model does not have is no reason to withhold the rest.
    const wanted = outputs && new Set(outputs.map(({ name }) => name))
    const answered = wanted ? result.response.filter(({ name }) => wanted.has(name)) : result.response
    return c.json({
      ...{ model_name: result.model.name, model_version: String(result.model.version), id },
      outputs: answered.map(toJson),
      parameters: { cost_wei: String(result.costWei) },
      stoa: describeSale(result),
    })
  }
}
