import type { Model } from '../../data/models.ts'
import type { MarketSearch } from './marketSearch.ts'

/** The models that a view of the market shows, in its order; without one, by price. */
export function chooseModels(
  models: readonly Model[],
  { q, task, proof, sort }: MarketSearch,
  uses: Uses | undefined,
): Model[] {
  const order = ordersBy(uses)
  const words = q?.toLowerCase().split(/\s+/).filter(Boolean) ?? []
  const wanted = models.filter((model) => {
    const { stoa } = model
    if (task && stoa.task !== task) return false
    if (proof && stoa.proof_kind !== proof) return false
    const text = `${model.id} ${stoa.title} ${stoa.description.slice(0, 4_000)} ${stoa.task}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  return wanted.sort((a, b) => (sort ? order[sort] : byPrice)(a, b) || Number(a.stoa.model_id - b.stoa.model_id))
}

/** Settled calls of each model, by its number. */
export type Uses = ReadonlyMap<bigint, number>

type Order = (a: Model, b: Model) => number

const UNKNOWN = Number.POSITIVE_INFINITY

/** Prices compare within a unit; units follow each other as one call of them usually costs. */
const UNITS = ['token', 'pixel', 'byte', 'call', undefined]

const byPrice: Order = (a, b) =>
  UNITS.indexOf(a.stoa.unit) - UNITS.indexOf(b.stoa.unit) || Number((a.stoa.price ?? 0n) - (b.stoa.price ?? 0n))

function ordersBy(uses: Uses | undefined): Readonly<Record<NonNullable<MarketSearch['sort']>, Order>> {
  const usesOf = ({ stoa }: Model) => uses?.get(stoa.model_id) ?? 0
  return {
    uses: (a, b) => usesOf(b) - usesOf(a),
    latency: (a, b) => by(a.stoa.offers[0]?.latency_ms?.p50 ?? UNKNOWN, b.stoa.offers[0]?.latency_ms?.p50 ?? UNKNOWN),
    success: (a, b) => by(-(a.stoa.offers[0]?.success_rate ?? -1), -(b.stoa.offers[0]?.success_rate ?? -1)),
    new: (a, b) => b.created - a.created,
    name: (a, b) => a.id.localeCompare(b.id, 'en'),
  }
}

function by(a: number, b: number): number {
  return a === b ? 0 : a - b
}
