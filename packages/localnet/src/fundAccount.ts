import type { Address } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { type Deployment, sendCall, type WriteClient } from '@stoa/sdk'
import { encodeFunctionData } from 'viem'

export type FundAccountParameters = {
  deployment: Deployment
  to: Address
  /** Wei of the chain's own coin, sent from the client's account; 0. */
  wei?: bigint
  /** Wei of the local test dollar, minted; its minter must be the client's account; 0. */
  usd?: bigint
}

/** Gives an account of a local chain coin for gas and test dollars. */
export async function fundAccount(client: WriteClient, parameters: FundAccountParameters): Promise<void> {
  const { deployment, to, wei = 0n, usd = 0n } = parameters
  if (wei > 0n) await sendCall(client, deployment.chainId, { to, value: wei })
  if (usd === 0n) return
  const data = encodeFunctionData({ abi: stoaUsdAbi, functionName: 'mint', args: [to, usd] })
  await sendCall(client, deployment.chainId, { to: deployment.token, data })
}
