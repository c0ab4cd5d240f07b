import * as z from 'zod/mini'
import { big, count } from '../columns.ts'
import { type Question, question } from '../question.ts'

const totalsSchema = z.object({
  models: count,
  providers: count,
  openOffers: count,
  payers: count,
  calls: count,
  settled: big,
  direct: big,
  stake: big,
  slashed: big,
  games: count,
})

/** The whole market in ten numbers; amounts in wei. */
export type Totals = z.output<typeof totalsSchema>

/** Sums over the whole ledger. */
export function getTotals(): Question<Totals> {
  // Each sum is a table of one row: the index takes no sub-selects among columns.
  const sql = `select * from
    (select count(*) as models from models) m,
    (select count(*) as games from games) g,
    (select count(*) as payers from deposits where deposited > 0) d,
    (select count(*) as providers, coalesce(sum(open_offers), 0) as open_offers,
      coalesce(sum(stake), 0) as stake, coalesce(sum(slashed), 0) as slashed from providers) p,
    (select coalesce(sum(calls), 0) as calls, coalesce(sum(settled), 0) as settled, coalesce(sum(direct), 0) as direct
      from offers) o`
  const { params, read } = question(totalsSchema, sql)
  return {
    sql,
    params,
    read(rows) {
      const [totals] = read(rows)
      if (!totals) throw new TypeError('An aggregate without a row.')
      return totals
    },
  }
}
