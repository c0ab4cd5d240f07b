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
/** Questions about payers that wait for the chain. */
const MAX_QUESTIONS = 512
const MAX_KEYS = 16
const MAX_LANES = 1_024
const MAX_LOCKS = 256

/** Questions about one payer that are answered by one reading. */
type Reading = { questions: Map<string, ViewQuery>; begun: boolean; done: Promise<void> }

/** The node's views of payers: few, young, and each read once for all who wait for it. */
export function createPayerViews(parameters: PayerViewsParameters): PayerViews {
  const { read, now, refreshSeconds, staleSeconds, onChannel, claimedLanes } = parameters
  const views = new Map<Address, PayerView>()
  /** By payer: the reading under way, and the one after it, for those who came since. A payer with many lanes is read no more often for it. */
  const readings = new Map<Address, Reading[]>()
  let waiting = 0
  // A read that began before something was forgotten does not bring it back.
  let generation = 0

  const age = (view: PayerView) => (now() - view.readAt) / 1000
  const peek = (query: ViewQuery) => {
    const view = views.get(query.payer)
    if (!view?.keys.has(query.key) || !view.channels.has(laneKey(query))) return undefined
    return age(view) <= staleSeconds ? view : undefined
  }

  const readOnce = async (payer: Address, queries: readonly ViewQuery[]): Promise<void> => {
    for (;;) {
      const startedIn = generation
      const readAt = now()
      const known = views.get(payer)
      const state = await readState(read, planRead(payer, queries, known, claimedLanes(payer)))
      if (startedIn !== generation) continue
      state.channels.forEach(onChannel)
      const view = mergeView(readAt, state, views.get(payer), new Set(queries.map(({ key }) => key)))
      views.delete(payer)
      views.set(payer, view)
      dropOldest(views)
      return
    }
  }
  const reading = (query: ViewQuery): Promise<void> => {
    const { payer } = query
    const question = `${laneKey(query)}:${query.key}`
    const line = readings.get(payer) ?? []
    const same = line.find(({ questions }) => questions.has(question))
    if (same) return same.done
    if (waiting >= MAX_QUESTIONS) return Promise.reject(new OverloadedError('reads from the chain'))
    waiting++
    const last = line.at(-1)
    if (last && !last.begun) {
      last.questions.set(question, query)
      return last.done
    }
    const before = last?.done.catch(() => undefined)
    const next: Reading = { questions: new Map([[question, query]]), begun: false, done: Promise.resolve() }
    const run = async () => {
      await before
      next.begun = true
      try {
        await readOnce(payer, [...next.questions.values()])
      } finally {
        waiting -= next.questions.size
        const rest = (readings.get(payer) ?? []).filter((each) => each !== next)
        if (rest.length > 0) readings.set(payer, rest)
        else readings.delete(payer)
      }
    }
    readings.set(payer, [...line, next])
    next.done = run()
    return next.done
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

/** The lanes and keys asked for, keys known, lanes with a lock, and lanes that a settlement is about to change. */
function planRead(
  payer: Address,
  queries: readonly ViewQuery[],
  known: PayerView | undefined,
  claimed: readonly LaneId[],
): PayerQuery {
  const locked = [...(known?.channels.values() ?? [])].filter((channel) => channel.locked > 0n).slice(0, MAX_LOCKS)
  const lanes = new Map([...queries, ...claimed, ...locked].map((id) => [laneKey(id), laneIdOf(id)]))
  const keys = new Set([...queries.map(({ key }) => key), ...(known?.keys.keys() ?? [])])
  return { payer, keys: [...keys], lanes: [...lanes.values()] }
}

/**
 * What was read, over what is known. Lanes that were not read now keep what is known: they had no lock, and claims only raise what
 * is settled. Of keys that do not count only those asked for stay, so that strangers cannot fill the view.
 */
function mergeView(
  readAt: number,
  state: PayerState,
  known: PayerView | undefined,
  asked: ReadonlySet<Address>,
): PayerView {
  const channels = new Map(known && known.channels.size < MAX_LANES ? known.channels : [])
  for (const channel of state.channels) channels.set(laneKey(channel), channel)
  const keys = new Map(known?.keys)
  for (const { key, validUntil } of state.keys) keys.set(key, validUntil)
  let others = [...keys.keys()].filter((key) => !asked.has(key)).length
  for (const [key, validUntil] of keys)
    if (!asked.has(key) && (validUntil === 0 || others > MAX_KEYS)) {
      keys.delete(key)
      others--
    }
  return { readAt, balance: state.balance, withdrawal: state.withdrawal, keys, channels }
}

function laneIdOf({ payer, offerId, lane }: LaneId): LaneId {
  return { payer, offerId, lane }
}

function dropOldest(views: Map<Address, PayerView>): void {
  if (views.size <= MAX_PAYERS) return
  const [oldest] = views.keys()
  if (oldest) views.delete(oldest)
}
