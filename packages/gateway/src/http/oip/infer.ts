import { InvalidTensorJsonError, inferRequest, outputsOf, type Tensor, tensorFromJson } from '@stoa/protocol'
import type { Handler } from 'hono'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import { callerSignal } from '../callerSignal.ts'
import { rulesField, rulesOf } from '../callRules.ts'
import type { Env, HttpContext } from '../context.ts'
import { describeSale } from '../describeSale.ts'
import { readJson } from '../readJson.ts'

const inferBody = inferRequest.extend(rulesField)

/** `POST /v2/models/<model>/infer`: tensors in, tensors out, by models of the task `graph` (Open Inference Protocol, JSON tensors). */
export function infer({ infer, market, limits }: HttpContext): Handler<Env> {
  return async (c) => {
    const model = c.req.param('model') ?? ''
    const body = await readJson(c.req.raw, inferBody, limits.bodyBytes)
    const { card } = await market.find(model)
    if (card.task !== 'graph')
      throw new WrongTaskError(model, card.task, 'GET /v1/models tells which model takes tensors ("task": "graph").')
    const result = await infer({ model, request: readInputs(body.inputs), ...rulesOf(body), signal: callerSignal(c) })
    // The call is paid for: a name that the model does not have is no reason to withhold the rest.
    return c.json({
      ...{ model_name: result.model.name, model_version: String(result.model.version), id: body.id },
      outputs: outputsOf(body, result.response),
      parameters: { cost_wei: String(result.costWei) },
      stoa: describeSale(result),
    })
  }
}

function readInputs(inputs: Parameters<typeof tensorFromJson>[0][]): Tensor[] {
  try {
    return inputs.map(tensorFromJson)
  } catch (error) {
    if (!(error instanceof InvalidTensorJsonError)) throw error
    throw new BadRequestError(error.shortMessage, { param: 'inputs', ...(error.hint && { hint: error.hint }) })
  }
}
