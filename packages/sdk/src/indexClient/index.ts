/** What browsers and servers ask an index with. Nothing here needs the index's engine. */
export type { Place } from './columns.ts'
export {
  type CreateIndexClientParameters,
  createIndexClient,
  type IndexClient,
  type IndexStatus,
} from './createIndexClient.ts'
export { IndexAnswerError, IndexUnavailableError } from './errors.ts'
export { type GetDepositParameters, getDeposit, type IndexedDeposit } from './queries/getDeposit.ts'
export { type Earnings, type GetEarningsParameters, getEarnings } from './queries/getEarnings.ts'
export { type GetGameParameters, getGame } from './queries/getGame.ts'
export { type GetModelParameters, getModel } from './queries/getModel.ts'
export { getTotals, type Totals } from './queries/getTotals.ts'
export { type Apart, type GreatestInFlowParameters, greatestInFlow } from './queries/greatestInFlow.ts'
export { type Credit, type ListCreditsParameters, listCredits } from './queries/listCredits.ts'
export { type DepositMove, type ListDepositMovesParameters, listDepositMoves } from './queries/listDepositMoves.ts'
export { type IndexedEvent, type ListEventsParameters, listEvents } from './queries/listEvents.ts'
export { type IndexedGame, type ListGamesParameters, listGames } from './queries/listGames.ts'
export { type IndexedModel, type ListModelsParameters, listModels, type ModelOrder } from './queries/listModels.ts'
export { type GameMove, type ListMovesParameters, listMoves } from './queries/listMoves.ts'
export { type IndexedOffer, type ListOffersParameters, listOffers } from './queries/listOffers.ts'
export { type DirectPayment, type ListPaymentsParameters, listPayments } from './queries/listPayments.ts'
export { type IndexedProvider, type ListProvidersParameters, listProviders } from './queries/listProviders.ts'
export { type ListSettlementsParameters, listSettlements, type Settlement } from './queries/listSettlements.ts'
export { type ListSlashesParameters, listSlashes, type Slash } from './queries/listSlashes.ts'
export { type ListTransfersParameters, listTransfers, type Transfer } from './queries/listTransfers.ts'
export { type IndexedVerdict, type ListVerdictsParameters, listVerdicts } from './queries/listVerdicts.ts'
export { type IndexedVersion, type ListVersionsParameters, listVersions } from './queries/listVersions.ts'
export { type DailySpend, type SpendByDayParameters, spendByDay } from './queries/spendByDay.ts'
export { type Flow, type ValueFlowParameters, valueFlow } from './queries/valueFlow.ts'
export type { Question } from './question.ts'
