import type { Random } from './random.ts'

export type Channel = {
  /** Integers; the weights are these, times 2^−shift. */
  readonly weights: readonly number[]
  readonly bias: number
}

/**
 * Integers w and b with Σ|w| · most + |b| ≤ budget, and often equal to it: the worst that the profile lets through.
 */
export function channelOf(random: Random, count: number, most: number, budget: number): Channel {
  const room = Math.floor(budget / Math.max(most, 1))
  const weights = random.pick([spread, even, spiked, scattered])(random, count, room)
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  const left = budget - total * most
  const bias = random.pick([left, -left, random.int(-left, left), 0])
  return { weights, bias: Math.abs(bias) <= 2 ** 24 ? bias : 0 }
}

type Spread = (random: Random, count: number, room: number) => number[]

/** Of all sizes. */
const spread: Spread = (random, count, room) => {
  const most = Math.floor((2 * room) / count)
  const raw = Array.from({ length: count }, () => random.int(-most, most))
  const total = raw.reduce((sum, weight) => sum + Math.abs(weight), 0)
  return total <= room ? raw : raw.map((weight) => Math.trunc((weight * room) / total))
}

/** All of one size, of one sign or of both. */
const even: Spread = (random, count, room) => {
  const size = Math.floor(room / count)
  const signs = random.pick([[1], [-1], [1, -1]])
  return Array.from({ length: count }, () => size * random.pick(signs))
}

/** One that takes all. */
const spiked: Spread = (random, count, room) => {
  const at = random.int(0, count - 1)
  const size = random.pick([1, -1]) * Math.min(room, 2 ** 24)
  return Array.from({ length: count }, (_, i) => (i === at ? size : 0))
}

/** Ones, as many as there is room for. */
const scattered: Spread = (random, count, room) =>
  Array.from({ length: count }, (_, i) => (i < room ? random.pick([1, -1]) : 0))
