import type { Address, Hex } from '@stoa/protocol'
import type { Deployment, RpcUrl } from '@stoa/sdk'
import type { BlobStore } from '@stoa/storage'
import type { NodeLogger } from './events.ts'
import type { Durability } from './store/openDatabase.ts'
import type { Upstream } from './upstreams/upstream.ts'

export type NodeLimits = {
  /** Largest request body, bytes. Default 48 MiB: the largest image that the task `ocr` takes. */
  maxBodyBytes?: number
  /** Bytes that all requests being read or answered may take together; one payer's no more than what is left. Default 256 MiB. */
  maxBodyBytesAtOnce?: number
  /** Calls that may wait for one model, or be answered by it, at once; shared fairly among payers. Default 32. */
  maxQueue?: number
  /** Milliseconds that a call may wait for its turn, and that the model may take for it. Default 60,000. */
  modelTimeoutMs?: number
  /** What is known of accounts and offers is read again when it is older. Default 10 seconds. */
  refreshSeconds?: number
  /** What is known of accounts and offers is not used when it is older: how long the node sells without its chain. Default 120. */
  staleSeconds?: number
  /** How long an answer is kept that is settled: as long as it can be disputed. Default 7 days, in seconds. */
  keepAnswersSeconds?: number
  /** Settled answers are forgotten sooner while the store is larger than this. Default 8 GiB. */
  maxStoreBytes?: number
  /** Seconds between looks at the judge for disputes. Default 10: a seller's clock has days. */
  disputePollSeconds?: number
}

export type SettlementSettings = {
  /** Wei owed in all from which it is worth a transaction. Default one token of 6 decimals. */
  thresholdWei?: bigint
  /** What is served is settled within this time. Default 600 seconds. */
  intervalSeconds?: number
  /** Blocks on top of a settlement after which no reorganisation is expected. Default 64. */
  finalityBlocks?: number
  /** Wei of the token for a whole coin of the chain (10^18 wei): with it nothing is settled that brings less than its gas. Default: not known, everything is settled. */
  coinPriceWei?: bigint
  /** Most wei for a unit of gas in settlements; while the chain asks more they wait. Default: what it asks. */
  mostFeePerGasWei?: bigint
}

/** An offer to serve: by the model's files, or by a server that answers in their place (specs/backends.md). */
export type NodeOffer = { offerId: Hex; upstream?: Upstream | undefined }

export type NodeParameters = {
  /** Durable state: node.db, and the weights as files. */
  folder: string
  /** One URL, or several of one chain, the preferred first. */
  rpcUrl: RpcUrl
  deployment: Deployment
  provider: Address
  /** Signs receipts, and moves in disputes, whose gas it pays: 32 bytes, registered as the provider's signer. */
  signerKey: Uint8Array
  /** Pays the gas of settlements: the settler of the offers. A key of its own. */
  settlementKey: Hex
  /** X25519 private key that the ledger has for the endpoint: with it calls may come sealed. */
  endpointKey?: Uint8Array
  /** Open offers of the provider. */
  offers: readonly NodeOffer[]
  /** Holds cards and weights of the offers' models. All its blocks are served to whoever knows their CID. */
  blobs: BlobStore
  /** Block from which disputes are looked for the first time: that of the deployment, or of the first exact offer. Default 0. */
  fromBlock?: bigint
  /** Default `normal`. */
  durability?: Durability
  limits?: NodeLimits
  settlement?: SettlementSettings
  logger?: NodeLogger
}

export type NodeSettings = Required<NodeLimits> & {
  thresholdWei: bigint
  intervalSeconds: number
  finalityBlocks: number
  coinPriceWei?: bigint
  mostFeePerGasWei?: bigint
  durability: Durability
}

const DEFAULTS: NodeSettings = {
  maxBodyBytes: 48 << 20,
  maxBodyBytesAtOnce: 256 << 20,
  maxQueue: 32,
  modelTimeoutMs: 60_000,
  refreshSeconds: 10,
  staleSeconds: 120,
  keepAnswersSeconds: 7 * 86_400,
  maxStoreBytes: 8 * 2 ** 30,
  disputePollSeconds: 10,
  thresholdWei: 1_000_000n,
  intervalSeconds: 600,
  finalityBlocks: 64,
  durability: 'normal',
}

/** The parameters' settings over the defaults. */
export function settingsOf({ limits, settlement, durability }: NodeParameters): NodeSettings {
  return { ...DEFAULTS, ...limits, ...settlement, ...(durability && { durability }) }
}
