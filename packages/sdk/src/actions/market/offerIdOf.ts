import type { Hex, Offer } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { type AbiFunction, encodeAbiParameters, getAbiItem, keccak256 } from 'viem'
import type { Deployment } from '../../deployment.ts'
import { toOfferStruct } from './offerStruct.ts'

export type OfferIdOfParameters = { deployment: Deployment; offer: Offer }

/**
 * Id of an offer, computed without the chain (specs/offer.md): keccak256(abi.encode(chain id, ProviderRegistry, offer)). Whoever relies
 * on an offer that somebody else handed over compares this with its id.
 */
export function offerIdOf({ deployment, offer }: OfferIdOfParameters): Hex {
  const { inputs }: AbiFunction = getAbiItem({ abi: providerRegistryAbi, name: 'offerIdOf' })
  const types = [{ type: 'uint256' }, { type: 'address' }, ...inputs]
  return keccak256(
    encodeAbiParameters(types, [BigInt(deployment.chainId), deployment.providerRegistry, toOfferStruct(offer)]),
  )
}
