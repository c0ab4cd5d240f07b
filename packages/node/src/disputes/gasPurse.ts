import type { Address } from '@stoa/protocol'
import { type ReadClient, translateError } from '@stoa/sdk'
import { getBalance, getGasPrice } from 'viem/actions'

/** Gas of a seller's moves in one long game, with as much again for replacements (specs/dispute.md; benchmarks measured 0.7 million). */
const GAME_GAS = 1_500_000n

/** What the account that plays has for gas, in wei of the chain's own coin. */
export type GasPurse = {
  account: Address
  balanceWei: bigint /** One game at today's price, doubled: prices move. */
  neededWei: bigint
}

export async function readGasPurse(client: ReadClient, account: Address): Promise<GasPurse> {
  try {
    const [balanceWei, price] = await Promise.all([getBalance(client, { address: account }), getGasPrice(client)])
    return { account, balanceWei, neededWei: 2n * GAME_GAS * price }
  } catch (error) {
    throw translateError(error)
  }
}

export const isLow = ({ balanceWei, neededWei }: GasPurse): boolean => balanceWei < neededWei
