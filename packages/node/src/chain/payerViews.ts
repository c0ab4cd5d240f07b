import type { Address } from '@stoa/protocol'
import { NodeChainUnavailableError, OverloadedError } from '../payments/errors.ts'
import { type LaneId, laneKey } from '../store/lane.ts'
import type { ChannelState, PayerQuery, PayerState, ReadPayer } from './readPayer.ts'

/** What the node knows of a payer, and since when (milliseconds of `now`). */
export type PayerView = {
  readAt: number
  balance: bigint
  withdrawal: bigint
  /** Session keys and the unix second until which they count. */
  keys: ReadonlyMap<Address, number>
  /** Lanes that were asked for, by `laneKey`. */
  channels: ReadonlyMap<string, ChannelState>
}

/** What a call needs to know: the payer, whether `key` is its, and where `lane` stands. */
export type ViewQuery = LaneId & { key: Address }

export type PayerViewsParameters = {
  read: ReadPayer
  /** Milliseconds; monotonic or wall clock. */
  now: () => number
  /** Older views are read again in the background while they are still used. */
  refreshSeconds: number
  /** Older views are not used. Bounded by the withdrawal delay (specs/voucher.md): what is announced leaves no sooner. */
  staleSeconds: number
  /** Called with every lane just read, before a view that holds it can be used. */
  onChannel: (channel: ChannelState) => void
  /** Lanes of a payer that a settlement under way may change, so that they are read together with its balance. */
  claimedLanes: (payer: Address) => readonly LaneId[]
}

export type PayerViews = {
  /** Resolves when `peek` has an answer. Rejects with CHAIN_UNAVAILABLE, OVERLOADED. */
  ensure(query: ViewQuery): Promise<void>
  /** The view, if it is complete for the query and not stale. Use it in the same tick. */
  peek(query: ViewQuery): PayerView | undefined
  /** Reads again, unless what is known was read after `since` (milliseconds). Rejects as `ensure` does. */
  reread(query: ViewQuery, since: number): Promise<void>
  /** What is known of a payer no longer holds. */
  forget(payer: Address): void
}

const MAX_PAYERS = 10_000
const MAX_READS = 64
const MAX_KEYS = 16
const MAX_LANES = 1_024
const MAX_LOCKS = 256

/** The node's views of payers: few, young, and read once for all who wait for the same. */
export function createPayerViews(parameters: PayerViewsParameters): PayerViews {
  const { read, now, refreshSeconds, staleSeconds, onChannel, claimedLanes } = parameters
  const views = new Map<Address, PayerView>()
  const reads = new Map<string, Promise<void>>()
  // A read that began before something was forgotten does not bring it back.
  let generation = 0

  const age = (view: PayerView) => (now() - view.readAt) / 1000
  const peek = (query: ViewQuery) => {
    const view = views.get(query.payer)
    if (!view?.keys.has(query.key) || !view.channels.has(laneKey(query))) return undefined
    return age(view) <= staleSeconds ? view : undefined
  }

  const readOnce = async (query: ViewQuery): Promise<void> => {
    for (;;) {
      const startedIn = generation
      const readAt = now()
      const known = views.get(query.payer)
      const state = await readState(read, planRead(query, known, claimedLanes(query.payer)))
      if (startedIn !== generation) continue
      state.channels.forEach(onChannel)
      const view = mergeView(readAt, state, views.get(query.payer), query.key)
      views.delete(query.payer)
      views.set(query.payer, view)
      dropOldest(views)
      return
    }
  }
  const reading = (query: ViewQuery): Promise<void> => {
    const key = `${laneKey(query)}:${query.key}`
    const under = reads.get(key)
    if (under) return under
    if (reads.size >= MAX_READS) return Promise.reject(new OverloadedError('reads from the chain'))
    const promise = readOnce(query).finally(() => reads.delete(key))
    reads.set(key, promise)
    return promise
  }

  return {
    peek,
    async ensure(query) {
      const view = peek(query)
      if (!view) return reading(query)
      // Failing in the background is no news: the view serves until it is stale, then the failure shows.
      if (age(view) > refreshSeconds) reading(query).catch(() => undefined)
    },
    async reread(query, since) {
      const view = peek(query)
      if (!view || view.readAt < since) await reading(query)
    },
    forget(payer) {
      generation++
      views.delete(payer)
    },
  }
}

async function readState(read: ReadPayer, query: PayerQuery): Promise<PayerState> {
  try {
    return await read(query)
  } catch (error) {
    throw new NodeChainUnavailableError(error)
  }
}

/** The lane and the key asked for, keys known, lanes with a lock, and lanes that a settlement is about to change. */
function planRead(query: ViewQuery, known: PayerView | undefined, claimed: readonly LaneId[]): PayerQuery {
  const locked = [...(known?.channels.values() ?? [])].filter((channel) => channel.locked > 0n).slice(0, MAX_LOCKS)
  const { payer, offerId, lane, key } = query
  const lanes = new Map([{ payer, offerId, lane }, ...claimed, ...locked].map((id) => [laneKey(id), laneIdOf(id)]))
  return { payer, keys: [...new Set([key, ...(known?.keys.keys() ?? [])])], lanes: [...lanes.values()] }
}

/**
 * What was read, over what is known. Lanes that were not read now keep what is known: they had no lock, and claims only raise what
 * is settled. Of keys that do not count only the one asked for stays, so that strangers cannot fill the view.
 */
function mergeView(readAt: number, state: PayerState, known: PayerView | undefined, asked: Address): PayerView {
  const channels = new Map(known && known.channels.size < MAX_LANES ? known.channels : [])
  for (const channel of state.channels) channels.set(laneKey(channel), channel)
  const keys = new Map(known?.keys)
  for (const { key, validUntil } of state.keys) keys.set(key, validUntil)
  for (const [key, validUntil] of keys)
    if (key !== asked && (validUntil === 0 || keys.size > MAX_KEYS)) keys.delete(key)
  // Of two reads that overlapped, the one that began later knows better.
  const { balance, withdrawal } = known && known.readAt > readAt ? known : state
  return { readAt: Math.max(readAt, known?.readAt ?? readAt), balance, withdrawal, keys, channels }
}

function laneIdOf({ payer, offerId, lane }: LaneId): LaneId {
  return { payer, offerId, lane }
}

function dropOldest(views: Map<Address, PayerView>): void {
  if (views.size <= MAX_PAYERS) return
  const [oldest] = views.keys()
  if (oldest) views.delete(oldest)
}
