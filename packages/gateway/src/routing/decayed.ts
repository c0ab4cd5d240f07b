/** A mean whose samples fade: each counts half after a half-life. Samples without a weight are none. */
export type Decayed = {
  /** Sum of samples, each by its weight now. */
  sum: number
  /** Sum of the weights: how many samples, faded. */
  weight: number
  /** Milliseconds at which both were right. */
  at: number
}

/** Before the first sample. */
export const NOTHING: Decayed = { sum: 0, weight: 0, at: 0 }

/** As it is at a later moment; a clock that went back fades nothing. */
export function fade({ sum, weight, at }: Decayed, now: number, halfLife: number): Decayed {
  const kept = 2 ** (-Math.max(now - at, 0) / halfLife)
  return { sum: sum * kept, weight: weight * kept, at: Math.max(at, now) }
}

/** `counts`: its weight, that of one sample where left out. */
export function addSample(before: Decayed, sample: number, now: number, halfLife: number, counts = 1): Decayed {
  const { sum, weight, at } = fade(before, now, halfLife)
  return { sum: sum + counts * sample, weight: weight + counts, at }
}

/** The mean as it would be with one sample more, `usual`: who was seen a little leans to what is usual, who was never seen is usual. */
export function meanLeaningTo({ sum, weight }: Decayed, usual: number): number {
  return (sum + usual) / (weight + 1)
}
