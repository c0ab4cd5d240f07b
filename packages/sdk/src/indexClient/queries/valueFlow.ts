import * as z from 'zod/mini'
import { big, hex } from '../columns.ts'
import { type Question, question } from '../question.ts'

const flowSchema = z.object({
  /** `paid`: payer to model. `owner`, `payee`: model to account. `slashed`: provider to beneficiary. `burned`: provider to nobody. */
  kind: z.enum(['paid', 'owner', 'payee', 'slashed', 'burned']),
  /** The account that paid or lost stake; null where the model is the source. */
  source: z.nullable(hex),
  modelId: big,
  /** The account that was credited or paid; null where the model is the target, or nobody. */
  target: z.nullable(hex),
  amount: big,
})

/** One band of the picture of who was paid for what. Amounts in wei. */
export type Flow = z.output<typeof flowSchema>

export type ValueFlowParameters = {
  /** First and last day since 1970, UTC, both inclusive. */
  from: number
  to: number
  /** Most bands of each kind, greatest first; 200. */
  limit?: number
}

/**
 * Who was paid for what in a period. What payers paid for a model and what owner and payee were credited of it differ by what the sink has
 * not collected yet, or collected of another period.
 */
export function valueFlow({ from, to, limit = 200 }: ValueFlowParameters): Question<Flow[]> {
  const top = 'order by amount desc limit $5'
  const sql = `
    (select 'paid' as kind, payer as source, model_id, null as target, sum(paid) as amount
      from daily_spending where day >= $1 and day <= $2 group by payer, model_id ${top})
    union all (select role as kind, null as source, model_id, account as target, sum(amount) as amount
      from daily_earnings where day >= $1 and day <= $2 group by role, model_id, account ${top})
    union all (select 'slashed' as kind, provider as source, model_id, beneficiary as target, sum(paid) as amount
      from slashes where at >= $3 and at < $4 group by provider, model_id, beneficiary ${top})
    union all (select 'burned' as kind, provider as source, model_id, null as target, sum(burned) as amount
      from slashes where at >= $3 and at < $4 group by provider, model_id ${top})`
  return question(flowSchema, sql, [from, to, from * SECONDS, (to + 1) * SECONDS, Math.trunc(limit)])
}

const SECONDS = 86_400
