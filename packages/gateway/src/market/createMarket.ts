import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, Hex } from '@stoa/protocol'
import { MarketUnknownError, UnknownModelError } from '../errors.ts'
import type { Timeouts } from '../settings.ts'
import type { ListedModel } from './market.ts'

/** The gateway's picture of what is on offer. */
export type Market = {
  /**
   * The model that a caller names, `name` or `name@modelId`; of two with one name the one with the lower id. An unknown name waits for a reading
   * of the chain that begins after the call, `refreshOnMiss` after the one before: what was on offer is found. Throws `UnknownModelError`, or
   * `MarketUnknownError` when the chain was never read.
   */
  find(model: string): Promise<ListedModel>
  /** By model id. */
  models(): readonly ListedModel[]
  /** Offers of a provider, of any model. */
  offersOf(provider: Address): ReadonlySet<Hex>
  /** Reads the chain now; calls meanwhile share one reading. Rejects when it can't be read; the last picture stays. */
  refresh(): Promise<void>
  /** Asks for a reading, not more often than `refreshOnMiss` allows, without waiting. */
  refreshSoon(): void
  /** When the last reading succeeded, in milliseconds since 1970, and what went wrong since. */
  freshness(): { readAt: number | undefined; error: unknown }
}

export type CreateMarketParameters = {
  read: () => Promise<ListedModel[]>
  timeouts: Pick<Timeouts, 'refreshOnMiss'>
  now: () => number
}

export function createMarket({ read, timeouts, now }: CreateMarketParameters): Market {
  let models: readonly ListedModel[] = []
  let names = new Map<string, ListedModel>()
  let offers = new Map<Address, Set<Hex>>()
  let readAt: number | undefined
  let startedAt = Number.NEGATIVE_INFINITY
  let error: unknown
  let reading: Promise<void> | undefined

  const readOnce = async () => {
    startedAt = now()
    try {
      models = (await read()).sort((a, b) => (a.modelId < b.modelId ? -1 : 1))
      names = nameAll(models)
      offers = offersByProvider(models)
      readAt = now()
      error = undefined
    } catch (cause) {
      error = cause
      throw cause
    } finally {
      reading = undefined
    }
  }
  const refresh = () => {
    reading ??= readOnce()
    return reading
  }
  const mayRefresh = () => reading !== undefined || now() - startedAt >= timeouts.refreshOnMiss

  let next: Promise<void> | undefined
  const waitAndRead = async () => {
    // One that is under way may have begun before what is asked for was on offer.
    await reading?.catch(() => {})
    const pause = startedAt + timeouts.refreshOnMiss - now()
    // A clock that was set back must not make anybody wait for longer.
    if (pause > 0) await sleep(Math.min(pause, timeouts.refreshOnMiss))
    next = undefined
    await refresh()
  }
  /** Of a reading that begins after this call, which all share that call before it does. */
  const readAnew = () => {
    next ??= waitAndRead()
    return next
  }

  return {
    async find(model) {
      const found = names.get(model)
      if (found) return found
      // A failure is told by `MarketUnknownError`, or the last picture is good enough to say that there is no such model.
      await readAnew().catch(() => {})
      const second = names.get(model)
      if (second) return second
      if (readAt === undefined) throw new MarketUnknownError(error)
      throw new UnknownModelError(
        model,
        [...names.keys()].filter((name) => !name.includes('@')),
      )
    },
    models: () => models,
    offersOf: (provider) => offers.get(provider) ?? NONE,
    refresh,
    refreshSoon() {
      if (mayRefresh()) refresh().catch(() => {})
    },
    freshness: () => ({ readAt, error }),
  }
}

const NONE: ReadonlySet<Hex> = new Set()

function offersByProvider(models: readonly ListedModel[]): Map<Address, Set<Hex>> {
  const listings = Map.groupBy(
    models.flatMap((model) => model.listings),
    ({ provider }) => provider.address,
  )
  return new Map([...listings].map(([provider, of]) => [provider, new Set(of.map(({ offerId }) => offerId))]))
}

/** Every model under its name with its id, and the first of a name under the name alone. */
function nameAll(models: readonly ListedModel[]): Map<string, ListedModel> {
  const names = new Map<string, ListedModel>()
  for (const model of models) {
    if (!names.has(model.name)) names.set(model.name, model)
    names.set(`${model.name}@${model.modelId}`, model)
  }
  return names
}
