import type { Address } from '@stoa/protocol'
import { type ReadClient, translateError } from '@stoa/sdk'
import { erc20Abi } from 'viem'
import { readContract } from 'viem/actions'

/** Symbol and decimals of an ERC-20 token. Throws what the SDK throws. */
export async function readTokenUnits(
  client: ReadClient,
  address: Address,
): Promise<{ symbol: string; decimals: number }> {
  const contract = { address, abi: erc20Abi } as const
  try {
    const [symbol, decimals] = await Promise.all([
      readContract(client, { ...contract, functionName: 'symbol' }),
      readContract(client, { ...contract, functionName: 'decimals' }),
    ])
    return { symbol: symbol.slice(0, 20), decimals }
  } catch (error) {
    throw translateError(error)
  }
}
