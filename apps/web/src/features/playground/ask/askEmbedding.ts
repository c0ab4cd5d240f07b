import { tensorOf } from '@stoa/protocol'
import { z } from 'zod'
import { receiptSchema } from '../../../data/receipts.ts'
import { request } from '../../../data/request.ts'
import type { AskParameters, Bought, Question } from '../types.ts'
import { rulesMember } from './rulesMember.ts'

const embeddings = z.object({
  data: z.array(z.object({ embedding: z.array(z.number()) })).length(1),
  usage: z.object({ prompt_tokens: z.int() }),
  /** `usage_counted`: of models that take texts as they are. */
  stoa: z.object({ receipt: receiptSchema, profile: z.string().nullable(), usage_counted: z.boolean().optional() }),
})

/** What one step of an exact embedding's elements stands for (specs/tasks.md, "embedding"). */
const EXACT_STEP = 2 ** -15

/** A text to a model that embeds it. */
export async function askEmbedding(
  { text }: Extract<Question, { task: 'embedding' }>,
  { model, rules, signal }: AskParameters,
): Promise<Omit<Bought, 'ms'>> {
  const body = { model: model.id, input: text, ...rulesMember(rules) }
  const { data, usage, stoa } = await request('/api/gateway/v1/embeddings', embeddings, { body, signal })
  const vector = data[0]?.embedding ?? []
  const dims = [1, vector.length]
  const response = stoa.profile
    ? tensorOf(
        'embedding',
        'i32',
        dims,
        Int32Array.from(vector, (value) => value / EXACT_STEP),
      )
    : tensorOf('embedding', 'f32', dims, Float32Array.from(vector))
  const counted = stoa.usage_counted
  const told =
    counted === undefined
      ? []
      : [tensorOf('usage', 'u32', [3], Uint32Array.of(usage.prompt_tokens, 0, counted ? 1 : 0))]
  return { answer: { task: 'embedding', vector }, receipt: stoa.receipt, held: { response: [response, ...told] } }
}
