import type { Address, Hex, ProofKind } from '@stoa/protocol'
import type { ProviderState } from '../market/health.ts'
import type { Live } from './liveStats.ts'

/** An offer as the chooser sees it: what this call costs under it, and how it has been doing. */
export type Candidate = {
  offerId: Hex
  /** Lower case. */
  provider: Address
  proofKind: ProofKind
  /** Seconds for which the seller keeps what is asked and answered, at most; undefined where it does not say. */
  retentionSeconds?: number | undefined
  /** Wei: most that the call's receipt may say. */
  charge: bigint
  /** Millionths of a wei, unrounded: calls of a few units round to the same charge. */
  cost: bigint
  state: ProviderState
  live: Live
  /** Stake ÷ (what is at risk with the provider, and this call's charge); undefined where no rule asks for it. */
  coverage?: number | undefined
}
