import type { Hex } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

/** Whether the deployment's arbiter judges answers under a profile; false where there is no arbiter. */
export async function isJudged(
  client: ReadClient,
  { deployment: { arbiter: address }, profile }: { deployment: Deployment; profile: Hex },
): Promise<boolean> {
  if (!address) return false
  return translated(readContract(client, { address, abi: graphArbiterAbi, functionName: 'judges', args: [profile] }))
}
