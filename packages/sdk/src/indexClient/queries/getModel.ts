import { first, type Question } from '../question.ts'
import { type IndexedModel, listModels } from './listModels.ts'

export type GetModelParameters = { modelId: bigint }

/** One model; undefined where there is none. */
export function getModel({ modelId }: GetModelParameters): Question<IndexedModel | undefined> {
  return first(listModels({ modelId }))
}
