/** How alike two models' embeddings of the same texts are. */
export type Agreement = {
  /** Of each text, the cosine of its two embeddings; the least first. */
  readonly cosines: readonly number[]
  readonly mean: number
  /** Share of the texts whose nearest other text is the same in both models. */
  readonly sameNearest: number
}

/** Compares embeddings of the same texts, in the same order, two or more. */
export function agreement(ours: readonly Float32Array[], theirs: readonly Float32Array[]): Agreement {
  if (ours.length !== theirs.length || ours.length < 2)
    throw new RangeError(`${ours.length} and ${theirs.length} embeddings can't be compared: give two or more of each.`)
  const [a, b] = [ours.map(unit), theirs.map(unit)]
  const cosines = a.map((one, i) => dot(one, b[i] ?? one))
  const same = a.filter((_, i) => nearest(a, i) === nearest(b, i)).length
  return {
    cosines: cosines.toSorted((x, y) => x - y),
    mean: cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length,
    sameNearest: same / a.length,
  }
}

function nearest(all: readonly Float64Array[], i: number): number {
  const own = all[i]
  let [best, most] = [-1, Number.NEGATIVE_INFINITY]
  for (const [k, other] of all.entries()) {
    const cosine = own && k !== i ? dot(own, other) : Number.NEGATIVE_INFINITY
    if (cosine > most) [best, most] = [k, cosine]
  }
  return best
}

function unit(vector: Float32Array): Float64Array {
  const length = Math.hypot(...vector)
  return Float64Array.from(vector, (x) => x / length)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}
