import type { Address, Hex, ModelCard, Offer, ProofKind } from '@stoa/protocol'

/** A seller as the ledger has it. */
export type Provider = {
  address: Address
  /** Base URL of its node, an absolute http or https URL. */
  endpoint: string
  /** Current key that signs receipts. */
  signer: Address
  /** Slashable wei that is not on its way out, as last read. */
  stake: bigint
  /** X25519 key to which calls may be sealed (specs/sealed.md). */
  endpointKey: Hex
}

/** An offer that can be bought now. */
export type Listing = {
  offerId: Hex
  offer: Offer
  provider: Provider
  /** What this gateway calls answers under it; see `believedProof`. */
  proofKind: ProofKind
  /** Seconds for which the seller says that it keeps what is asked and answered, at most; undefined where it promises nothing. */
  retentionSeconds?: number | undefined
}

/** A model in its active version, with what is on offer for it. */
export type ListedModel = {
  /** What callers write. */
  name: string
  modelId: bigint
  version: number
  owner: Address
  card: ModelCard
  weightsDigest: Hex
  /** Unix second at which the version was published. */
  publishedAt: number
  listings: readonly Listing[]
}
