import type { Address, Hex } from '@stoa/protocol'
import { type Deployment, getProvider, getSettler, type ReadClient } from '@stoa/sdk'
import { NotSettlerError, WrongReceiptKeyError } from '../errors.ts'

export type CheckKeysParameters = {
  deployment: Deployment
  provider: Address
  /** Addresses of the two keys. */
  signer: Address
  settler: Address
  offerIds: readonly Hex[]
}

/**
 * Checks that receipts signed by `signer` count as the provider's, and that the escrow takes settlements of all offers from `settler`.
 * Throws `WrongReceiptKeyError`, `NotSettlerError`.
 */
export async function checkKeys(client: ReadClient, parameters: CheckKeysParameters): Promise<void> {
  const { deployment, provider, signer, settler, offerIds } = parameters
  const registered = (await getProvider(client, { deployment, provider }))?.signer
  if (!registered || !isSame(registered, signer)) throw new WrongReceiptKeyError(provider, registered, signer)
  if (isSame(settler, provider)) return
  for (const offerId of offerIds) {
    const named = await getSettler(client, { deployment, offerId })
    if (!named || !isSame(named, settler)) throw new NotSettlerError(offerId, settler, named)
  }
}

function isSame(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
