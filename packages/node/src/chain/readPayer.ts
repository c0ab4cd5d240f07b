import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import type { ReadContractReturnType } from 'viem'
import type { LaneId } from '../store/lane.ts'
import type { ContractRead, ReadTogether } from './readTogether.ts'

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

/** Reads from the escrow, all of it of one block: a settlement between two reads would let money count twice. */
export function readPayerFrom(read: ReadTogether, escrow: Address): ReadPayer {
  return async ({ payer, keys, lanes }) => {
    const [account, ...rest] = await read([
      { address: escrow, abi: escrowAbi, functionName: 'getAccount', args: [payer] },
      ...keys.map((key) => ({ address: escrow, abi: escrowAbi, functionName: 'keyValidUntil', args: [payer, key] })),
      ...lanes.map((id) => channelRead(escrow, id)),
    ])
    // They come as their functions say, in the order in which they were asked.
    const { balance, withdrawalAmount } = account as Answer<'getAccount'>
    const validities = rest.slice(0, keys.length) as Answer<'keyValidUntil'>[]
    const channels = rest.slice(keys.length) as Channel[]
    return {
      balance,
      withdrawal: withdrawalAmount,
      keys: keys.map((key, i) => ({ key, validUntil: validities[i] ?? 0 })),
      channels: withChannels(lanes, channels),
    }
  }
}

/** What the escrow says of lanes at a block. Rejects with what the SDK throws. */
export function readChannelsFrom(read: ReadTogether, escrow: Address) {
  return async (lanes: readonly LaneId[], blockNumber: bigint): Promise<ChannelState[]> => {
    const reads = lanes.map((id) => channelRead(escrow, id))
    return withChannels(lanes, (await read(reads, blockNumber)) as Channel[])
  }
}

type Answer<name extends 'getAccount' | 'keyValidUntil' | 'getChannel'> = ReadContractReturnType<typeof escrowAbi, name>
type Channel = Answer<'getChannel'>

const channelRead = (escrow: Address, { payer, offerId, lane }: LaneId): ContractRead => ({
  ...{ address: escrow, abi: escrowAbi, functionName: 'getChannel', args: [payer, offerId, lane] },
})

function withChannels(lanes: readonly LaneId[], channels: readonly Channel[]): ChannelState[] {
  return lanes.flatMap(({ payer, offerId, lane }, i) => {
    const channel = channels[i]
    return channel ? [{ payer, offerId, lane, ...channel }] : []
  })
}
