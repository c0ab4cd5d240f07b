import type { Tensor } from '@stoa/protocol'
import type { ListedModel } from '../market/market.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'

/** A bought answer with what it takes to compute it again. */
export type BoughtAnswer = {
  model: ListedModel
  request: readonly Tensor[]
  response: readonly Tensor[]
  record: KeptReceipt
}

/** What holding an answer costs in memory. */
export const bytesOf = ({ request, response }: BoughtAnswer): number =>
  [...request, ...response].reduce((sum, { data }) => sum + data.length, 0)

/**
 * What tells one model here from another. Not its weights: two versions may share them, and name another task, profile or place to fetch them from.
 */
export const keyOf = ({ modelId, version }: ListedModel): string => `${modelId}@${version}`
