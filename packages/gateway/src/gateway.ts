import type { Address, Hex, Tensor } from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'
import type { Deployment, RpcUrl } from '@stoa/sdk'
import type { Hono } from 'hono'
import type { DescribedDispute } from './disputes/describeDispute.ts'
import type { DisputeParameters } from './disputes/policy.ts'
import type { Env } from './http/context.ts'
import type { HttpAccess } from './http/guard.ts'
import type { InferParameters, InferResult } from './infer/createInfer.ts'
import type { KeyBook, Purse } from './keys/openKeyBook.ts'
import type { Listening, ListenParameters } from './listen.ts'
import type { Logger } from './logger.ts'
import type { ListedModel } from './market/market.ts'
import type { RerunPolicy } from './rerun/policy.ts'
import type { ProviderRules } from './routing/providerRules.ts'
import type { Limits, Timeouts } from './settings.ts'
import type { GatewayStatus } from './status.ts'
import type { Durability } from './store/openStore.ts'
import type { ReceiptPage, ReceiptQuery } from './store/receiptTable.ts'

export type GatewayParameters = {
  /** Durable state: lanes, receipts, evidence. One gateway at a time; keep it, lanes can't be rebuilt. */
  folder: string
  /** One URL, or several of one chain, the preferred first. */
  rpcUrl: RpcUrl
  deployment: Deployment
  /** Account whose deposit pays. Its own key is not needed. */
  payer: Address
  /** 32-byte private key of a session key that the payer registered. */
  sessionKey: Uint8Array
  /** `normal`, the default, survives being killed; `full` survives a power cut too, for a disk flush before each call. */
  durability?: Durability
  limits?: Partial<Limits>
  timeouts?: Partial<Timeouts>
  /** Seconds that a voucher is good for; by default as long as the escrow's terms allow. */
  voucherSeconds?: number
  /** Most wei to pay for one call, hedges included; one whole token by default, null for no ceiling. */
  maxPricePerCall?: bigint | null
  /** Rules for every call, as a request's member `provider` has them (specs/routing.md). */
  routing?: ProviderRules
  /** Where alerts of keys' budgets are posted, besides the log (specs/keys.md). */
  alertUrl?: string
  /** Block at which the contracts were deployed: offers are looked for from there. 0 by default. */
  fromBlock?: bigint
  /** Base URL of an index of the ledger (specs/index.md), from which offers are read while it is up. */
  indexUrl?: string
  /** How often exact answers are computed again here; a fiftieth by default. `share: 0` turns it off. */
  rerun?: Partial<RerunPolicy>
  /** The account from which answers that were computed again and found wrong are disputed; without it they are kept only. */
  disputes?: DisputeParameters
  /** Seals every call to the key that the ledger has for its seller (specs/sealed.md), so that nothing between the two can read it. Off by default. */
  seal?: boolean
  /** Who may use the endpoint. */
  access?: HttpAccess
  logger?: Logger
}

export type StoaGateway = {
  /** Which implementation of secp256k1 signs and checks. */
  readonly signatures: Secp256k1['kind']
  /** The endpoint (specs/gateway-http.md). */
  app: Hono<Env>
  listen(parameters: ListenParameters): Promise<Listening>
  /**
   * Buys one answer without HTTP. Throws `GatewayError`s; `InvalidTensorError` for tensors that the model's task does not take; the
   * signal's reason when it aborts.
   */
  infer(parameters: InferParameters): Promise<InferResult>
  /** The request for `infer` by which a text is put to a model that generates or embeds texts; see `textRequest`. */
  textRequest(model: string, text: string): Promise<Tensor[]>
  /** What is on offer, as last read. */
  models(): readonly ListedModel[]
  receipts(query?: ReceiptQuery): ReceiptPage
  /** Keys of callers, and their budgets (specs/keys.md). */
  readonly keys: Omit<KeyBook, keyof Purse>
  /** How the dispute about a receipt stands; undefined where there is none. */
  dispute(receipt: Hex): DescribedDispute | undefined
  /** The newest disputes, at most 100. */
  disputes(): (DescribedDispute & { receipt: Hex })[]
  status(): GatewayStatus
  /** Reads market, deposit and settlements now. Rejects with `ChainUnavailableError`. */
  refresh(): Promise<void>
  /** Stops listening, waits for calls under way, closes the store. */
  close(): Promise<void>
}
