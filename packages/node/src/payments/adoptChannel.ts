import type { ChannelState } from '../chain/readPayer.ts'
import type { NodeStore } from '../store/openStore.ts'
import type { DebtBook } from './debtBook.ts'

/**
 * Takes over what the chain has settled on a lane beyond what the store knows: a settlement whose confirmation was not seen, because
 * the process ended or the chain was away. A lane that the store does not know needs nothing: what it may owe counts from there on.
 */
export function adoptChannel({ store, book }: { store: NodeStore; book: DebtBook }, channel: ChannelState): void {
  const lane = store.findLane(channel)
  if (!lane || channel.settled <= lane.settled) return
  store.recordSettled(lane, channel.settled)
  book.set({ ...lane, settled: channel.settled })
}
