/** A length: known, or a name for one that is only known while the model runs. Equal names are equal lengths. */
export type Dim = number | string

/** What is known of a tensor before the model runs. Absent: unknown. */
export type Fact = {
  dims?: readonly Dim[]
  /** Elements of a short integer tensor (a shape, mostly), row-major. */
  value?: readonly Dim[]
}

export type Facts = ReadonlyMap<string, Fact>

export const NOTHING: Fact = {}

/** Number of elements of `dims`, as a number, as the only unknown among ones, or undefined. */
export function productOf(dims: readonly Dim[]): Dim | undefined {
  const unknown = dims.filter((dim) => typeof dim === 'string')
  const known = dims.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1)
  if (unknown.length === 0) return known
  return unknown.length === 1 && known === 1 ? unknown[0] : undefined
}

/** Whether two shapes are the same whatever the unknown lengths are. */
export function sameDims(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => dim === b[i])
}

/** `axis` counted from the front. */
export function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** Shape of an elementwise operation (NumPy's broadcasting); `fresh` names a length that can't be told. */
export function broadcast(a: readonly Dim[], b: readonly Dim[], fresh: (axis: number) => Dim): Dim[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left === right || right === 1) return left
    if (left === 1) return right
    // Of two different lengths, neither 1, a known one must be the result's; two unknown ones could each be 1.
    if (typeof left === 'number') return left
    return typeof right === 'number' ? right : fresh(axis)
  })
}
