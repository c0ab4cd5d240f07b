import type { Address, Hex } from '../hex.ts'

/** By the contract's numbers: how an answer can be judged. `exact`: by contract, to the bit. `attested`: signed only. */
export const PROOF_KINDS = ['attested', 'exact'] as const
export type ProofKind = (typeof PROOF_KINDS)[number]

/** By the contract's numbers: what a price counts. */
export const UNITS = ['call', 'byte', 'pixel', 'token'] as const
export type Unit = (typeof UNITS)[number]

/** The terms of a sale; the contract's `Offer` with words for its enums. Amounts in wei. */
export type Offer = {
  provider: Address
  payee: Address
  modelId: bigint
  modelVersion: number
  unit: Unit
  /** Wei per 1,000,000 units. */
  price: bigint
  ownerSharePpm: number
  proofKind: ProofKind
  arbiter: Address
  profile: Hex
  escrow: Address
  sink: Address
  /** Wei served unsettled and unlocked to one payer. */
  exposure: bigint
  slashCap: bigint
  terms: Hex
  salt: Hex
}
