import type { Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const paymentSchema = z.object({
  ...logShape,
  offerId: hex,
  provider: hex,
  modelId: big,
  /** Whose tokens they were. The offer's account for what came there other than by `settlePayments`. */
  payer: hex,
  /** Of the signed transfer; null for what was paid otherwise. */
  nonce: z.nullable(hex),
  amount: big,
})

export type DirectPayment = z.output<typeof paymentSchema>

export type ListPaymentsParameters = {
  offerId?: Hex
  modelId?: bigint
  payer?: Hex
  before?: Place | undefined
  limit?: number
}

/** Payments without a voucher, latest first; 100 unless told. */
export function listPayments(parameters: ListPaymentsParameters = {}): Question<DirectPayment[]> {
  const { offerId, modelId, payer, before, limit = 100 } = parameters
  const { where, params } = filter({
    'offer_id = ?': offerId,
    'model_id = ?': modelId,
    'payer = ?': payer?.toLowerCase(),
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from payments ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(paymentSchema, sql, params)
}
