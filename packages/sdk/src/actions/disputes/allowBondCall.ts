import { erc20Abi, graphArbiterAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import { readContract } from 'viem/actions'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import type { Call } from '../../sendCall.ts'
import { arbiterOf } from './arbiterOf.ts'

/** The transaction by which the client's account lets the judge take a bond of so many wei, no more; undefined where it may already. */
export async function allowBondCall(
  client: WriteClient,
  { deployment, bond }: { deployment: Deployment; bond: bigint },
): Promise<Call | undefined> {
  const spender = arbiterOf(deployment)
  const arbiter = { address: spender, abi: graphArbiterAbi } as const
  const token = await translated(readContract(client, { ...arbiter, functionName: 'token' }))
  const args = [client.account.address, spender] as const
  const allowed = await translated(
    readContract(client, { address: token, abi: erc20Abi, functionName: 'allowance', args }),
  )
  if (allowed >= bond) return undefined
  return { to: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, bond] }) }
}
