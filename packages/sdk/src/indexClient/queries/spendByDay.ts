import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count } from '../columns.ts'
import { filter } from '../filter.ts'
import { type Question, question } from '../question.ts'

const dailySpendSchema = z.object({ day: count, modelId: big, paid: big, calls: count, settlements: count })

/** What was paid for a model on a day; `day` counts whole days since 1970, UTC. */
export type DailySpend = z.output<typeof dailySpendSchema>

export type SpendByDayParameters = {
  /** Only what this account paid. */
  payer?: Address
  modelId?: bigint
  provider?: Address
  /** First and last day, both inclusive. */
  from?: number
  to?: number
}

/** What was settled by day and model, by day then model. Of one payer: its spending. Of one model or provider: its revenue. */
export function spendByDay({ payer, modelId, provider, from, to }: SpendByDayParameters): Question<DailySpend[]> {
  const { where, params } = filter({
    'payer = ?': payer?.toLowerCase(),
    'model_id = ?': modelId,
    'provider = ?': provider?.toLowerCase(),
    'day >= ?': from,
    'day <= ?': to,
  })
  const sql = `select day, model_id, sum(paid) as paid, sum(calls) as calls, sum(settlements) as settlements
    from daily_spending ${where} group by day, model_id order by day, model_id`
  return question(dailySpendSchema, sql, params)
}
