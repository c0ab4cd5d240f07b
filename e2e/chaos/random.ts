/** Numbers that follow from a seed, so that a run can be had again. */
export type Random = {
  /** From 0 to 1, 1 excluded. */
  next(): number
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  /** One of these, each as often as its weight says. */
  pick<T>(choices: readonly (readonly [weight: number, T])[]): T
  /** Another stream that follows from this one's seed and `name`, whatever was drawn here meanwhile. */
  fork(name: string): Random
}

/** Mulberry32, by Tommy Ettinger (public domain): 32 bits of state, good enough to draw mishaps with. */
export function random(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick(choices) {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, choice] of choices) {
        left -= weight
        if (left < 0) return choice
      }
      throw new RangeError('there is nothing to pick from')
    },
    fork: (name) =>
      random([...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619), seed)),
  }
}
