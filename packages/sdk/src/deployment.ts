import type { Address } from '@stoa/protocol'

/** Where Stoa lives: one chain, one token, and the contracts that offers pin. */
export type Deployment = {
  chainId: number
  /** ERC-20 that stake, deposits and revenue are counted in. Amounts in its smallest unit are called wei everywhere. */
  token: Address
  modelRegistry: Address
  providerRegistry: Address
  escrow: Address
  revenueSink: Address
  /** Takes direct payments to offers (specs/x402.md); undefined where none was deployed. */
  offerPayments?: Address | undefined
  /** Judge of exact graphs (specs/dispute.md); undefined where none was deployed. */
  arbiter?: Address | undefined
  /** Computes small models in one call (specs/on-chain-models.md); undefined where none was deployed. */
  smallModels?: Address | undefined
}
