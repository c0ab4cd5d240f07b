import { inferRequest, readOutsideJson, tensorFromJson } from '@stoa/protocol'
import { z } from 'zod'
import { receiptSchema } from '../../../data/receipts.ts'
import { RequestError, request } from '../../../data/request.ts'
import type { AskParameters, Bought, Question } from '../types.ts'
import { rulesMember } from './rulesMember.ts'

const inference = z.object({
  outputs: z.array(
    z.object({ name: z.string(), shape: z.array(z.int()), datatype: z.string(), data: z.array(z.number()) }),
  ),
  stoa: z.object({ receipt: receiptSchema }),
})

/** Tensors as JSON to any exact network. */
export async function askTensors(
  { json }: Extract<Question, { task: 'graph' }>,
  { model, rules, signal }: AskParameters,
): Promise<Omit<Bought, 'ms'>> {
  const { inputs } = readInputs(json)
  const path = `/api/gateway/v2/models/${encodeURIComponent(model.id)}/infer`
  const body = { inputs, ...rulesMember(rules) }
  const { outputs, stoa } = await request(path, inference, { body, signal })
  const held = { request: inputs.map(tensorFromJson), response: outputs.map(tensorFromJson) }
  return { answer: { task: 'graph', outputs }, receipt: stoa.receipt, held }
}

function readInputs(json: string): z.infer<typeof inferRequest> {
  const read = readOutsideJson(inferRequest, json, 'It')
  if (read.success) return read.data
  throw new RequestError('This is no JSON of tensors.', {
    ...{ code: 'INVALID_REQUEST', status: 400 },
    hint: `${read.words} Write {"inputs": [{"name", "shape", "datatype", "data"}]}.`,
  })
}
