import * as z from 'zod/mini'
import { big, count, hex } from '../columns.ts'
import { type Question, question } from '../question.ts'

const indexedVersionSchema = z.object({
  modelId: big,
  version: count,
  /** SHA-256 of the card. */
  card: hex,
  /** Digest of the weights bundle. */
  weights: hex,
  publishedAt: count,
  block: count,
  tx: hex,
})

export type IndexedVersion = z.output<typeof indexedVersionSchema>

export type ListVersionsParameters = { modelId: bigint }

/** A model's versions, latest first. */
export function listVersions({ modelId }: ListVersionsParameters): Question<IndexedVersion[]> {
  return question(indexedVersionSchema, 'select * from versions where model_id = $1 order by version desc', [modelId])
}
