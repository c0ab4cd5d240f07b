import type { Address } from '@stoa/protocol'
import { BaseError } from '@stoa/protocol'
import { believedProof } from '../market/believedProof.ts'
import type { Chain } from '../market/chain.ts'
import type { Market } from '../market/createMarket.ts'
import type { Call } from '../payment/lane.ts'
import type { Sale } from './sale.ts'

export type SaleFinder = (call: Pick<Call, 'offerId'>) => Promise<Sale>

/**
 * Finds what a call bought, also when its offer was closed since: offer, version and provider stay on the chain. Rejects when the chain
 * can't be read.
 */
export function createSaleFinder({
  chain,
  market,
  arbiter,
}: {
  chain: Pick<Chain, 'offer' | 'model' | 'provider'>
  market: Pick<Market, 'models'>
  /** The deployment's judge. */
  arbiter: Address | undefined
}): SaleFinder {
  return async ({ offerId }) => {
    const offer = await chain.offer(offerId)
    const address = offer.provider.toLowerCase() as Address
    const [{ versions }, provider] = await Promise.all([chain.model(offer.modelId), chain.provider(address)])
    const version = versions.find((v) => v.version === offer.modelVersion)
    if (!version || !provider) throw new BaseError(`Offer ${offerId} names what is not on the chain.`)
    const { endpoint, endpointKey, signer, stake } = provider
    const known = market.models().find(({ modelId }) => modelId === offer.modelId)
    const proofKind = believedProof({ offer, arbiter, card: known?.card })
    return {
      listing: {
        offerId,
        offer,
        provider: { address, endpoint, endpointKey, signer: signer.toLowerCase() as Address, stake },
        proofKind,
      },
      weightsDigest: version.weights,
      model: known?.name ?? `@${offer.modelId}`,
    }
  }
}
