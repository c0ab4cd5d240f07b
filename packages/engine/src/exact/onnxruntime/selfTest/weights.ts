import type { Random } from './random.ts'

/** What sums in float32 and float64 may come to in a probe: the largest odd number within the profile's bound, so that one lost bit shows. */
export const F32_BUDGET = 2 ** 24 - 1
export const F64_BUDGET = 2 ** 52 - 1

/** Outputs after which weights come again: of all three kinds, and no multiple of a vector's length. */
const DISTINCT = 15

/** `exhaustingWeights` of every output channel; which are few, used again and again. */
export function channelWeights(
  random: Random,
  channels: number,
  terms: number,
  bound: { budget: number; most: number },
): { weights: Float64Array; bias: number }[] {
  const distinct = Array.from({ length: Math.min(channels, DISTINCT) }, (_, channel) =>
    exhaustingWeights(random, terms, { ...bound, channel }),
  )
  return Array.from({ length: channels }, (_, channel) => distinct[channel % DISTINCT]).filter(
    (own) => own !== undefined,
  )
}

/**
 * Integer weights of one output, and its bias, that use the bound up: Σ|w| · most + |bias| is `budget`, where `most` is the largest input in magnitude. Three
 * kinds in turn, by `channel`: spread over all terms and above zero; spread and of both signs; almost all in four terms, whose many significant bits a shorter
 * mantissa (TF32, bfloat16) would lose.
 */
export function exhaustingWeights(
  random: Random,
  terms: number,
  { budget, most, channel }: { budget: number; most: number; channel: number },
): { weights: Float64Array; bias: number } {
  const total = Math.floor(budget / most)
  const kind = channel % 3
  const heavy = kind === 2 ? [0, 1, 2, 3].map(() => random(0, terms - 1)) : []
  const shares = Float64Array.from({ length: terms }, () => random(1, 1000))
  for (const i of heavy) shares[i] = random(1, 1000) * 1e6
  const sum = shares.reduce((a, b) => a + b, 0)
  const weights = shares.map((share) => Math.floor((share / sum) * total))
  const left = total - weights.reduce((a, b) => a + b, 0)
  const last = heavy[0] ?? random(0, terms - 1)
  weights[last] = (weights[last] ?? 0) + left
  if (kind > 0) for (let i = 0; i < terms; i++) if (random(0, 1) === 0) weights[i] = 0 - (weights[i] ?? 0)
  return { weights, bias: (channel % 2 === 0 ? 1 : -1) * (budget - total * most) }
}
