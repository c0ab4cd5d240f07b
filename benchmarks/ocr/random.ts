/** A source of repeatable randomness: the same seed gives the same numbers on every machine. */
export type Random = {
  /** From [0, 1). */
  next(): number
  /** From [low, high). */
  between(low: number, high: number): number
  /** A whole number from low to high, both included. */
  whole(low: number, high: number): number
  pick<T>(items: readonly [T, ...T[]]): T
  /** Standard normal, by Marsaglia's polar method. */
  normal(): number
}

/** xorshift32 (Marsaglia 2003); `seed` is any number but 0. */
export function random(seed: number): Random {
  let state = seed | 0 || 1
  function next(): number {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    whole,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
    normal() {
      for (;;) {
        const [x, y] = [2 * next() - 1, 2 * next() - 1]
        const square = x * x + y * y
        if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
      }
    },
  }
}
