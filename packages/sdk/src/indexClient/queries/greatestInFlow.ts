import type { Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex } from '../columns.ts'
import { type Question, question } from '../question.ts'

const rowSchema = z.discriminatedUnion('part', [
  z.object({ part: z.literal('model'), key: big }),
  z.object({ part: z.enum(['buyer', 'stake', 'owner', 'payee', 'beneficiary']), key: hex }),
])

/** Parties and models of a period's value flow that are told apart from all others. */
export type Apart = {
  /** Who paid, and whose stake was lost. */
  buyers: Hex[]
  stakes: Hex[]
  models: bigint[]
  /** Whom revenue was credited to as a model's owner, as an offer's payee; whom lost stake was paid to. */
  owners: Hex[]
  payees: Hex[]
  beneficiaries: Hex[]
}

export type GreatestInFlowParameters = {
  /** First and last day since 1970, UTC, both inclusive. */
  from: number
  to: number
  /** Most sources, most models and most receivers; 10, which is as many as `valueFlow` tells apart. */
  limit?: number
}

/** Through whom and what most value flowed in a period: what `valueFlow` should tell apart. */
export function greatestInFlow({ from, to, limit = 10 }: GreatestInFlowParameters): Question<Apart> {
  const top = 'order by amount desc, key limit $5'
  const sql = `
    (select * from (
      select 'buyer' as part, payer as key, sum(paid) as amount from daily_payers where day >= $1 and day <= $2 group by payer
      union all select 'stake' as part, provider as key, sum(paid) + sum(burned) as amount
      from slashes where at >= $3 and at < $4 group by provider) sources ${top})
    union all (select 'model' as part, cast(model_id as text) as key, greatest(sum(paid), sum(credited)) + sum(lost) as amount from (
      select model_id, sum(paid) as paid, sum(credited) as credited, 0 as lost from daily_models where day >= $1 and day <= $2 group by model_id
      union all select model_id, 0, 0, sum(paid) + sum(burned) from slashes where at >= $3 and at < $4 group by model_id) parts
      group by model_id ${top})
    union all (select * from (
      select role as part, account as key, sum(amount) as amount from daily_earnings where day >= $1 and day <= $2 group by role, account
      union all select 'beneficiary' as part, beneficiary as key, sum(paid) as amount
      from slashes where at >= $3 and at < $4 group by beneficiary) receivers ${top})`
  const { params, read } = question(rowSchema, sql, [from, to, from * SECONDS, (to + 1) * SECONDS, Math.trunc(limit)])
  return {
    sql,
    params,
    read(given) {
      const rows = read(given)
      const of = (wanted: string) =>
        rows.flatMap(({ part, key }) => (part === wanted && typeof key !== 'bigint' ? [key] : []))
      return {
        ...{ buyers: of('buyer'), stakes: of('stake') },
        models: rows.flatMap(({ key }) => (typeof key === 'bigint' ? [key] : [])),
        ...{ owners: of('owner'), payees: of('payee'), beneficiaries: of('beneficiary') },
      }
    },
  }
}

const SECONDS = 86_400
