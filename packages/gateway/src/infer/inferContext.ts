import type { Address, Tensor } from '@stoa/protocol'
import type { Deployment } from '@stoa/sdk'
import type { Logger } from '../logger.ts'
import type { Market } from '../market/createMarket.ts'
import type { Health } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import type { TrackRecords } from '../market/trackRecords.ts'
import type { Rerunner } from '../rerun/createRerunner.ts'
import type { LiveStats } from '../routing/liveStats.ts'
import type { EvidenceTable } from '../store/evidenceTable.ts'
import type { AnswerForm } from '../tasks/checkAnswer.ts'
import type { ModelTexts } from '../texts/modelTexts.ts'
import type { AccountWatch } from '../watch/createAccountWatch.ts'
import type { Buyer } from './createBuyer.ts'
import type { Turns } from './createTurns.ts'
import type { PlanCallContext } from './planCall.ts'

/** What calls are made with. */
export type InferContext = PlanCallContext & {
  market: Pick<Market, 'find' | 'refreshSoon'>
  health: Health
  records: Pick<TrackRecords, 'of' | 'succeeded' | 'failed'>
  account: Pick<AccountWatch, 'cover' | 'available'>
  buyer: Buyer
  rerunner: Pick<Rerunner, 'consider'>
  texts: Pick<ModelTexts, 'factsOf'>
  evidence: EvidenceTable
  deployment: Deployment
  payer: Address
  key: Address
  live: LiveStats
  turns: Turns
  /** Unix second until which a voucher signed now is good. */
  validUntil: () => number
  maxInFlight: number
  logger: Logger
}

/** One call: what is asked of which model, and what its answer must look like. */
export type Wanted = {
  model: ListedModel
  form: AnswerForm
  request: readonly Tensor[]
  signal: AbortSignal | undefined
  onPiece: ((piece: Uint8Array) => void) | undefined
  callerKey: string | undefined
}
