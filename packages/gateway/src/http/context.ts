import type { AsyncLocalStorage } from 'node:async_hooks'
import type { HttpBindings } from '@hono/node-server'
import type { DisputeTable } from '../disputes/disputeTable.ts'
import type { ImageDecoder } from '../images/createImageDecoder.ts'
import type { Infer } from '../infer/createInfer.ts'
import type { KeyBook } from '../keys/openKeyBook.ts'
import type { Logger } from '../logger.ts'
import type { Market } from '../market/createMarket.ts'
import type { Health } from '../market/health.ts'
import type { TrackRecords } from '../market/trackRecords.ts'
import type { RerunTable } from '../rerun/rerunTable.ts'
import type { LiveStats } from '../routing/liveStats.ts'
import type { RiskBook } from '../routing/riskBook.ts'
import type { Limits } from '../settings.ts'
import type { GatewayStatus } from '../status.ts'
import type { ReceiptTable } from '../store/receiptTable.ts'
import type { ModelTexts } from '../texts/modelTexts.ts'

/** What the endpoint's handlers work with. */
export type HttpContext = {
  infer: Infer['infer']
  texts: Omit<ModelTexts, 'close'>
  images: Pick<ImageDecoder, 'decode'>
  market: Pick<Market, 'find' | 'models'>
  health: Pick<Health, 'stateOf'>
  records: Pick<TrackRecords, 'of'>
  live: Pick<LiveStats, 'of'>
  risks: Pick<RiskBook, 'atRisk'>
  keys: KeyBook
  receipts: Pick<ReceiptTable, 'get' | 'list'>
  reruns: Pick<RerunTable, 'outcomeOf'>
  disputes: Pick<DisputeTable, 'get' | 'list'>
  status: () => GatewayStatus
  /** Wei as a decimal number of whole tokens. */
  tokens: (wei: bigint) => string
  /** An amount as people read it, with its unit; never throws. */
  amount: (wei: bigint) => string
  limits: Pick<Limits, 'bodyBytes' | 'bodyBytesAtOnce'>
  logger: Logger
  /** Where the id of the request under way is kept. */
  requests?: AsyncLocalStorage<string>
}

/** Hono's environment; the bindings are there when a socket is, not when a test calls the app in-process. */
export type Env = {
  Bindings: Partial<HttpBindings>
  /** `key`: id of the key of the list that the caller shows; undefined for the owner. */
  Variables: { key?: string | undefined }
}
