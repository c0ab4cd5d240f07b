import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'

const address = z.custom<Address>(
  (text) => typeof text === 'string' && /^0x[0-9a-fA-F]{40}$/.test(text),
  'must be an address: 0x and 40 hexadecimal digits',
)

/** A deployment as configurations and servers tell it. */
export const deploymentSchema = z.object({
  chainId: z.int().check(z.positive()),
  /** ERC-20 that stake, deposits and revenue are counted in. Amounts in its smallest unit are called wei everywhere. */
  token: address,
  modelRegistry: address,
  providerRegistry: address,
  escrow: address,
  revenueSink: address,
  /** Takes direct payments to offers (specs/x402.md); undefined where none was deployed. */
  offerPayments: z.optional(address),
  /** Judge of exact graphs (specs/dispute.md); undefined where none was deployed. */
  arbiter: z.optional(address),
  /** Computes small models in one call (specs/on-chain-models.md); undefined where none was deployed. */
  smallModels: z.optional(address),
})

/** Where Stoa lives: one chain, one token, and the contracts that offers pin. */
export type Deployment = z.infer<typeof deploymentSchema>
