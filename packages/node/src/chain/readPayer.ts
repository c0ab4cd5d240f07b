import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import type { Client } from 'viem'
import { readContract } from 'viem/actions'
import type { LaneId } from '../store/lane.ts'

/** What the escrow says of a lane. Wei; `lockedUntil` in unix seconds, zero when nothing is locked. */
export type ChannelState = LaneId & { settled: bigint; ceiling: bigint; locked: bigint; lockedUntil: number }

/** What the escrow says of a payer, all at one block. Wei; keys with the unix second until which they count, zero for never. */
export type PayerState = {
  balance: bigint
  withdrawal: bigint
  keys: readonly { key: Address; validUntil: number }[]
  channels: readonly ChannelState[]
}

export type PayerQuery = { payer: Address; keys: readonly Address[]; lanes: readonly LaneId[] }

/** Reads a payer's state; rejects when the chain cannot be reached. */
export type ReadPayer = (query: PayerQuery) => Promise<PayerState>

/**
 * Reads from the escrow. All of it has to be of one block, because a settlement between two reads would let money count twice: the
 * client must be one of `createReadClient`, which sends what is asked in one tick as one call.
 */
export function readPayerFrom(client: Client, escrow: Address): ReadPayer {
  const contract = { address: escrow, abi: escrowAbi } as const
  return async ({ payer, keys, lanes }) => {
    const [account, validities, channels] = await Promise.all([
      readContract(client, { ...contract, functionName: 'getAccount', args: [payer] }),
      Promise.all(
        keys.map((key) => readContract(client, { ...contract, functionName: 'keyValidUntil', args: [payer, key] })),
      ),
      Promise.all(
        lanes.map((id) =>
          readContract(client, { ...contract, functionName: 'getChannel', args: [id.payer, id.offerId, id.lane] }),
        ),
      ),
    ])
    return {
      balance: account.balance,
      withdrawal: account.withdrawalAmount,
      keys: keys.map((key, i) => ({ key, validUntil: validities[i] ?? 0 })),
      channels: lanes.flatMap((id, i) => {
        const channel = channels[i]
        return channel ? [{ ...id, ...channel }] : []
      }),
    }
  }
}
