import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetChannelParameters = { deployment: Deployment; payer: Address; offerId: Hex; lane: bigint }

export type GetChannelReturnType = {
  /** Wei settled on the lane in all. */
  settled: bigint
  /** Greatest `maxCumulative` of the vouchers used on it. */
  ceiling: bigint
  /** Wei locked for it. */
  locked: bigint
  /** Unix second at which the lock ends; 0 when there is none. */
  lockedUntil: number
}

/** Reads one lane; all zero for one that was never used. */
export async function getChannel(client: ReadClient, parameters: GetChannelParameters): Promise<GetChannelReturnType> {
  const { deployment, payer, offerId, lane } = parameters
  const query = {
    address: deployment.escrow,
    abi: escrowAbi,
    functionName: 'getChannel',
    args: [payer, offerId, lane],
  } as const
  return translated(readContract(client, query))
}
