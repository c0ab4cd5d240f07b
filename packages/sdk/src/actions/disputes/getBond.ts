import type { Hex } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { arbiterOf } from './arbiterOf.ts'

/** Reads what the next challenger of a receipt posts, in wei of the stake token: it grows with every challenge of the receipt (specs/dispute.md). */
export function getBond(
  client: ReadClient,
  { deployment, receiptDigest }: { deployment: Deployment; receiptDigest: Hex },
): Promise<bigint> {
  const contract = { address: arbiterOf(deployment), abi: graphArbiterAbi } as const
  return translated(readContract(client, { ...contract, functionName: 'bondFor', args: [receiptDigest] }))
}
