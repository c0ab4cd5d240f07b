/** The tables of specs/index.md, for `@ponder/client` and for the index itself. Exports are singular: GraphQL makes its plurals of them. */
export { event, otherEvent } from './events.ts'
export { game, move, verdict } from './games.ts'
export { offer, provider, slash } from './market.ts'
export { model, version } from './models.ts'
export {
  buyer,
  dailyModel,
  dailyPayer,
  dailySpending,
  deposit,
  depositMove,
  lock,
  payment,
  settlement,
  unswept,
} from './payers.ts'
export { credit, dailyEarning, earning, transfer } from './revenue.ts'
