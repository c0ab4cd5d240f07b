/** Choices that a seed decides: the same seed, the same choices, on every machine. */
export type Random = {
  /** A whole number from lo to hi, both among them. Up to 2^53 apart. */
  int(lo: number, hi: number): number
  pick<T>(list: readonly T[]): T
  chance(probability: number): boolean
}

/** Marsaglia's xorshift32 (Journal of Statistical Software 8, 2003), whose first numbers, which tell the seed, are thrown away. */
export function randomFrom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 0 || 1
  const bits = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  for (let i = 0; i < 16; i++) bits()
  const fraction = () => (bits() * 2 ** 21 + (bits() >>> 11)) / 2 ** 53
  const int = (lo: number, hi: number) => lo + Math.floor(fraction() * (hi - lo + 1))
  return {
    int,
    chance: (probability) => fraction() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('there is nothing to pick from')
      return list[int(0, list.length - 1)] as (typeof list)[number]
    },
  }
}
