import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count, hex } from '../columns.ts'
import { first, type Question, question } from '../question.ts'

const indexedDepositSchema = z.object({
  payer: hex,
  /** Wei neither locked nor settled. */
  balance: big,
  locked: big,
  /** Announced, and from which Unix second it can leave. */
  withdrawalAmount: big,
  withdrawableAt: z.nullable(count),
  /** In all. */
  deposited: big,
  withdrawn: big,
  settled: big,
  calls: count,
})

export type IndexedDeposit = z.output<typeof indexedDepositSchema>

export type GetDepositParameters = { payer: Address }

/** A payer's deposit as the ledger has it; undefined for an account that never deposited. What is promised by vouchers and not settled, only the gateway knows. */
export function getDeposit({ payer }: GetDepositParameters): Question<IndexedDeposit | undefined> {
  return first(question(indexedDepositSchema, 'select * from deposits where payer = $1', [payer.toLowerCase()]))
}
