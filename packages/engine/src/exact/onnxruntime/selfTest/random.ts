/** A whole number between two others, both possible. */
export type Random = (lo: number, hi: number) => number

/** The same numbers from the same seed, so that a self-test that fails fails again: Lehmer's generator as Park and Miller set it (CACM 31, 1988). */
export function randomFrom(seed: number): Random {
  let state = (seed % 2147483646) + 1
  const next = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  next()
  // Two draws: one has 31 bits, ranges here have up to 53.
  return (lo, hi) => lo + (Math.floor((next() + next() / 2147483647) * (hi - lo + 1)) % (hi - lo + 1))
}

/** Integers at and near the ends of a range and of its signs, where wrong arithmetic shows, with others among them. */
export function extremes(random: Random, count: number, lo: number, hi: number): number[] {
  const period = fewExtremes(random, Math.min(count, PERIOD), lo, hi)
  return count <= PERIOD ? period : Array.from({ length: count }, (_, i) => period[i % PERIOD] ?? lo)
}

/** After so many they come again: a prime, so that they meet different weights. */
const PERIOD = 4099

function fewExtremes(random: Random, count: number, lo: number, hi: number): number[] {
  const edges = [lo, hi, lo + 1, hi - 1, 0, 1, -1].filter((x) => x >= lo && x <= hi)
  return Array.from({ length: count }, (_, i) => {
    if (i < 2) return i === 0 ? lo : hi
    return random(0, 3) === 0 ? random(lo, hi) : (edges[random(0, edges.length - 1)] ?? lo)
  })
}
