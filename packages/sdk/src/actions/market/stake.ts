import type { Address } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import { readContract } from 'viem/actions'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { ensureAllowance } from '../../internal/ensureAllowance.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type StakeParameters = {
  deployment: Deployment
  /** Whose stake grows; the client's account. */
  provider?: Address
  /** Wei of the stake token. */
  amount: bigint
}

/** `approval`: the transaction before, when the allowance was short. */
export type StakeReturnType = WriteResult & { approval: WriteResult | undefined }

/** Adds to a registered provider's stake from the client's account, after approving the amount if need be. */
export async function stake(client: WriteClient, parameters: StakeParameters): Promise<StakeReturnType> {
  const { deployment, provider = client.account.address, amount } = parameters
  const { chainId, providerRegistry } = deployment
  const query = { address: providerRegistry, abi: providerRegistryAbi, functionName: 'stakeToken' } as const
  const token = await translated(readContract(client, query))
  const approval = await ensureAllowance(client, { chainId, token, spender: providerRegistry, amount })
  const data = encodeFunctionData({ abi: providerRegistryAbi, functionName: 'stake', args: [provider, amount] })
  return { ...writeResult(await sendCall(client, chainId, { to: providerRegistry, data })), approval }
}
