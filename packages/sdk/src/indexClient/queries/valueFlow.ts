import * as z from 'zod/mini'
import { big, hex } from '../columns.ts'
import { type Question, question } from '../question.ts'
import type { Apart } from './greatestInFlow.ts'

const flowSchema = z.object({
  /**
   * `paid`: from a buyer to a model. `owner`, `payee`: from a model to an account. `slashed`: from a provider's stake, on account of a model, to a beneficiary; `burned`: to nobody.
   * `uncollected`: what was paid for a model more than was credited of it; `earlier`: what was credited more than was paid.
   */
  kind: z.enum(['paid', 'owner', 'payee', 'slashed', 'burned', 'uncollected', 'earlier']),
  /** The account that paid or lost stake. Null for all that are not told apart, and where the kind has no such account. */
  source: z.nullable(hex),
  /** Null for all that are not told apart. */
  modelId: z.nullable(big),
  /** The account that was credited or paid. Null for all that are not told apart, and where the kind has no such account. */
  target: z.nullable(hex),
  amount: big,
})

/** One band of the picture of who was paid for what. Amounts in wei. */
export type Flow = z.output<typeof flowSchema>

/** Most of each kind that are told apart. */
const MOST_APART = 10

export type ValueFlowParameters = {
  /** First and last day since 1970, UTC, both inclusive. */
  from: number
  to: number
  /** Who and what is told apart, at most ten of each kind (`greatestInFlow`); all others are one. */
  apart: Apart
}

/**
 * Who was paid for what in a period, to the wei: however many there were, every payment is in one of the bands, and each model passes on what came to it. What payers paid for a
 * model and what owner and payee were credited of it differ by what the sink has not collected yet, or collected of another period. Throws `RangeError` for more than ten of a kind.
 */
export function valueFlow({ from, to, apart }: ValueFlowParameters): Question<Flow[]> {
  const params: (string | number | bigint | null)[] = [from, to, from * SECONDS, (to + 1) * SECONDS]
  // As many places as ever, whoever is told apart: the index takes every new text apart once. Nothing equals a null.
  const places = (keys: readonly (string | bigint)[]) => {
    if (keys.length > MOST_APART) throw new RangeError(`${keys.length} can't be told apart, at most ${MOST_APART}.`)
    return Array.from({ length: MOST_APART }, (_, i) => `$${params.push(keys[i] ?? null)}`).join(', ')
  }
  const lists = {
    ...{ buyers: places(apart.buyers), stakes: places(apart.stakes), models: places(apart.models) },
    ...{ owners: places(apart.owners), payees: places(apart.payees), beneficiaries: places(apart.beneficiaries) },
  }
  const model = `case when model_id in (${lists.models}) then model_id end`
  const stake = `case when provider in (${lists.stakes}) then provider end`
  const within = 'where day >= $1 and day <= $2'
  // What the others paid for a model is what all paid less what those apart did: of these there are few rows, of all there may be any number.
  const sql = `
    select 'paid' as kind, payer as source, ${model} as model_id, null as target, sum(paid) as amount
      from daily_spending ${within} and payer in (${lists.buyers}) group by 2, 3
    union all select 'paid', null, ${model}, null, sum(paid) from (
      select model_id, paid from daily_models ${within}
      union all select model_id, -paid from daily_spending ${within} and payer in (${lists.buyers})) others group by 3
    union all select role, null, ${model}, case when role = 'owner' and account in (${lists.owners})
        or role = 'payee' and account in (${lists.payees}) then account end, sum(amount)
      from daily_earnings ${within} group by 1, 3, 4
    union all select 'slashed', ${stake}, ${model}, case when beneficiary in (${lists.beneficiaries}) then beneficiary end, sum(paid)
      from slashes where at >= $3 and at < $4 group by 2, 3, 4
    union all select 'burned', ${stake}, ${model}, null, sum(burned) from slashes where at >= $3 and at < $4 group by 2, 3
    union all select case when amount > 0 then 'uncollected' else 'earlier' end, null, ${model}, null, sum(abs(amount)) from (
      select model_id, sum(paid) - sum(credited) as amount from daily_models ${within} group by model_id) owed
      where amount <> 0 group by 1, 3`
  return question(flowSchema, sql, params)
}

const SECONDS = 86_400
