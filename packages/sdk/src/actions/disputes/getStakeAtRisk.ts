import type { Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

/** What a conviction over a receipt would bring, in wei of the stake token. */
export type StakeAtRisk = {
  /** All that the seller would lose. */
  atRisk: bigint
  /** What is left of it for payer and challenger when the registry has burned its share. */
  paid: bigint
}

const PPM = 1_000_000n

/** Reads what a receipt can still cost its seller: up to the offer's cap, less what it has cost, and no more than the stake that is left. */
export async function getStakeAtRisk(
  client: ReadClient,
  { deployment, offerId, receiptDigest }: { deployment: Deployment; offerId: Hex; receiptDigest: Hex },
): Promise<StakeAtRisk> {
  const registry = { address: deployment.providerRegistry, abi: providerRegistryAbi } as const
  const [offer, slashed, burnPpm] = await translated(
    Promise.all([
      readContract(client, { ...registry, functionName: 'getOffer', args: [offerId] }),
      readContract(client, { ...registry, functionName: 'slashedFor', args: [receiptDigest] }),
      readContract(client, { ...registry, functionName: 'burnPpm' }),
    ]),
  )
  const { stake, unbonding } = await translated(
    readContract(client, { ...registry, functionName: 'getProvider', args: [offer.provider] }),
  )
  const left = offer.slashCap > slashed ? offer.slashCap - slashed : 0n
  const held = stake + unbonding
  const atRisk = left < held ? left : held
  const burned = (atRisk * BigInt(burnPpm) + PPM - 1n) / PPM
  return { atRisk, paid: atRisk - burned }
}
