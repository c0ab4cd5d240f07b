import { sql } from 'ponder'
import {
  buyer,
  dailyModel,
  dailyPayer,
  dailySpending,
  deposit,
  lock,
  model,
  offer,
  settlement,
} from '../schema/index.ts'
import { dayOf, type Happened, logOf } from './origin.ts'
import type { Settlement } from './runs.ts'
import type { Db } from './types.ts'

/**
 * Of a text of more than 5,000 characters the engine takes for granted that it writes. A shorter one it has parsed each time, by a parser that is made anew each time: 40 ms for something that is
 * known.
 */
const WRITES = sql.raw(' '.repeat(5_000))

/**
 * Books a long run of settlements of a live block, in one statement of the database: the engine's store reads every row before it is written, which
 * takes longer than all else. Rows are written once each, so what a statement sees of its own writes does not matter: all reads are of what was
 * before the run. Triggers of the engine note what is undone when the block leaves the chain.
 */
export async function settledAtOnce(db: Db, event: Happened, run: readonly Settlement[]): Promise<void> {
  const { block, at, tx } = logOf(event)
  const sales = JSON.stringify(run, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
  await db.sql.execute(sql`${WRITES}
    with run as (
      select * from json_to_recordset(${sales}::json) as sale("logIndex" int, "offerId" text, payer text, lane numeric, paid numeric, settled numeric, calls int8)
    ), sold as (
      -- An offer that was never begun has no provider, and the settlement that lacks it is refused.
      select run.*, offer.provider, offer.model_id, offer.model_version from run left join ${offer} offer on offer.id = run."offerId"
    ), drawn as (
      -- A settlement draws on its lane's lock first.
      select held.payer, held.offer_id, held.lane, least(held.locked, sum(run.paid)) as amount
      from ${lock} held join run on run.payer = held.payer and run."offerId" = held.offer_id and run.lane = held.lane
      where held.locked > 0
      group by held.payer, held.offer_id, held.lane, held.locked
    ), locks_written as (
      update ${lock} held
      set locked = held.locked - drawn.amount, locked_until = case when held.locked > drawn.amount then held.locked_until end
      from drawn where held.payer = drawn.payer and held.offer_id = drawn.offer_id and held.lane = drawn.lane
    ), deposits_written as (
      update ${deposit} held
      set settled = held.settled + mine.paid, calls = held.calls + mine.calls,
        balance = held.balance - mine.paid + mine.drawn, locked = held.locked - mine.drawn
      from (
        select run.payer, sum(run.paid) as paid, sum(run.calls) as calls,
          coalesce((select sum(amount) from drawn where drawn.payer = run.payer), 0) as drawn
        from run group by run.payer
      ) mine
      where held.payer = mine.payer
    ), offers_written as (
      update ${offer} offer set settled = offer.settled + mine.paid, calls = offer.calls + mine.calls
      from (select "offerId", sum(paid) as paid, sum(calls) as calls from run group by "offerId") mine
      where offer.id = mine."offerId"
    ), days_written as (
      insert into ${dailySpending} as day (day, payer, offer_id, model_id, provider, paid, calls, settlements)
      select ${dayOf(event)}::int, payer, "offerId", model_id, provider, sum(paid), sum(calls), count(*)
      from sold group by payer, "offerId", model_id, provider
      on conflict (day, payer, offer_id) do update
      set paid = day.paid + excluded.paid, calls = day.calls + excluded.calls, settlements = day.settlements + excluded.settlements
    ), day_payers_written as (
      insert into ${dailyPayer} as day (day, payer, paid) select ${dayOf(event)}::int, payer, sum(paid) from run group by payer
      on conflict (day, payer) do update set paid = day.paid + excluded.paid
    ), day_models_written as (
      insert into ${dailyModel} as day (day, model_id, paid, credited) select ${dayOf(event)}::int, model_id, sum(paid), 0 from sold group by model_id
      on conflict (day, model_id) do update set paid = day.paid + excluded.paid
    ), buyers_written as (
      insert into ${buyer} (model_id, payer, first_at) select distinct model_id, payer, ${at}::int8 from sold
      on conflict do nothing returning model_id
    ), models_written as (
      update ${model} model
      set settled = model.settled + mine.paid, calls = model.calls + mine.calls,
        payers = model.payers + (select count(*) from buyers_written where buyers_written.model_id = model.id)
      from (select model_id, sum(paid) as paid, sum(calls) as calls from sold group by model_id) mine
      where model.id = mine.model_id
    )
    insert into ${settlement}
      (block, log_index, at, tx, offer_id, provider, payer, model_id, model_version, lane, paid, settled, calls, sender)
    select ${block}::int8, "logIndex", ${at}::int8, ${tx}, "offerId", provider, payer, model_id, model_version, lane, paid, settled, calls,
      ${event.transaction.from}
    from sold`)
}
