import type { Address, Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import type { ReadTogether } from './readTogether.ts'

/** Which of these offers can be bought now: they exist, were not closed, and the provider's stake covers their slash cap. Rejects with what the SDK throws. */
export function readOpenOffersFrom(read: ReadTogether, registry: Address) {
  return async (offerIds: readonly Hex[]): Promise<ReadonlySet<Hex>> => {
    const contract = { address: registry, abi: providerRegistryAbi, functionName: 'isOpen' }
    const answers = await read(offerIds.map((offerId) => ({ ...contract, args: [offerId] })))
    return new Set(offerIds.filter((_, i) => answers[i] === true))
  }
}
