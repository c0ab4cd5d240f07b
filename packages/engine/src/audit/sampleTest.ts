/** Completions to each prompt: outer index the prompt, inner the draw. */
export type Samples = readonly (readonly string[])[]

export type CompareSamplesParameters = {
  /** From the provider, and from a reference: the same prompts, at least two completions each. */
  theirs: Samples
  reference: Samples
  /** Numbers from 0 to 1 for the re-divisions. */
  random: () => number
}

/** Code points that are compared, and re-divisions that are made (specs/audits.md). */
const COMPARED = 50
const DIVISIONS = 999

/**
 * The chance of a difference like this one, or greater, if both samples are draws from one model: a permutation test with the maximum mean
 * discrepancy under the Hamming kernel (specs/audits.md). 0.01 or less is a failed audit. Throws `RangeError` for samples of other shapes.
 */
export function compareSamples({ theirs, reference, random }: CompareSamplesParameters): number {
  if (theirs.length !== reference.length || theirs.length === 0)
    throw new RangeError('needs completions to the same prompts')
  const pools = theirs.map((own, i) => poolOf(own, reference[i] ?? []))
  const observed = mean(pools.map(discrepancy))
  let asGreat = 1
  for (let i = 0; i < DIVISIONS; i++) {
    for (const { order } of pools) shuffle(order, random)
    // Sums in another order may differ in the last bits: equal counts as equal.
    if (mean(pools.map(discrepancy)) >= observed - 1e-12) asGreat++
  }
  return asGreat / (DIVISIONS + 1)
}

/** All completions to one prompt. */
type Pool = {
  /** Similarity of each pair, row after row, and its sum over each row and over all pairs. */
  readonly kernel: Float64Array
  readonly rowSums: Float64Array
  readonly sum: number
  /** The completions in an order whose first `theirs` make one sample, and the rest the other. */
  readonly order: Uint32Array
  readonly theirs: number
}

function poolOf(theirs: readonly string[], reference: readonly string[]): Pool {
  if (theirs.length < 2 || reference.length < 2) throw new RangeError('needs two completions or more to each prompt')
  const texts = [...theirs, ...reference].map((text) => [...text].slice(0, COMPARED))
  const kernel = Float64Array.from(texts.flatMap((a, i) => texts.map((b, j) => (i === j ? 0 : agreement(a, b)))))
  const rowSums = Float64Array.from(texts, (_, i) => total(kernel.subarray(i * texts.length, (i + 1) * texts.length)))
  return { kernel, rowSums, sum: total(rowSums) / 2, order: Uint32Array.from(texts.keys()), theirs: theirs.length }
}

/** Share of places in which two texts agree; beyond its end a text agrees with nothing but another that has ended. */
function agreement(a: readonly string[], b: readonly string[]): number {
  let same = 0
  for (let i = 0; i < COMPARED; i++) if (a[i] === b[i]) same++
  return same / COMPARED
}

/** Squared maximum mean discrepancy, unbiased: similarity within either sample less that between them. */
function discrepancy({ kernel, rowSums, sum, order, theirs }: Pool): number {
  const count = order.length
  let [within, rows] = [0, 0]
  for (let a = 0; a < theirs; a++) {
    const i = order[a] ?? 0
    rows += rowSums[i] ?? 0
    for (let b = 0; b < a; b++) within += kernel[i * count + (order[b] ?? 0)] ?? 0
  }
  const between = rows - 2 * within
  const rest = count - theirs
  const [pairs, otherPairs] = [(theirs * (theirs - 1)) / 2, (rest * (rest - 1)) / 2]
  return within / pairs + (sum - within - between) / otherPairs - (2 * between) / (theirs * rest)
}

/** Fisher and Yates' shuffle. */
function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const moved = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = moved
  }
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
