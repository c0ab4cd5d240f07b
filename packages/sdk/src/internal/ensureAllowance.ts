import type { Address } from '@stoa/protocol'
import { erc20Abi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import { readContract } from 'viem/actions'
import type { WriteClient } from '../clients.ts'
import { translated } from '../errors/translateError.ts'
import { sendCall, type WriteResult, writeResult } from '../sendCall.ts'

type Allowance = { chainId: number; token: Address; spender: Address; amount: bigint }

/** Approves `amount`, no more, when the allowance is short. Returns the approval, or undefined when none was needed. */
export async function ensureAllowance(
  client: WriteClient,
  { chainId, token, spender, amount }: Allowance,
): Promise<WriteResult | undefined> {
  const owner = client.account.address
  const query = { address: token, abi: erc20Abi, functionName: 'allowance', args: [owner, spender] } as const
  if ((await translated(readContract(client, query))) >= amount) return undefined
  const data = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, amount] })
  return writeResult(await sendCall(client, chainId, { to: token, data }))
}
