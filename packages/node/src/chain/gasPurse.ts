import type { Address } from '@stoa/protocol'
import { type ReadClient, translateError } from '@stoa/sdk'
import { getBalance, getGasPrice } from 'viem/actions'

/** What an account that sends transactions has for gas, in wei of the chain's own coin. */
export type GasPurse = {
  account: Address
  balanceWei: bigint
  /** What it may have to spend at today's price, doubled: prices move. */
  neededWei: bigint
}

/** @param gas Units of gas that the account should be able to pay for at any time. */
export async function readGasPurse(client: ReadClient, account: Address, gas: bigint): Promise<GasPurse> {
  try {
    const [balanceWei, price] = await Promise.all([getBalance(client, { address: account }), getGasPrice(client)])
    return { account, balanceWei, neededWei: 2n * gas * price }
  } catch (error) {
    throw translateError(error)
  }
}

export const isLow = ({ balanceWei, neededWei }: GasPurse): boolean => balanceWei < neededWei
