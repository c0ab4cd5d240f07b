import type { OnnxTensor } from '../../onnx/model.ts'
import type { Reals } from './step.ts'

/** A float32, float64 or float16 constant as doubles; undefined for integers. */
export function realsOf({ type, dims, data }: OnnxTensor): Reals | undefined {
  if (type === 'f32' || type === 'f64') return { dims, data: Float64Array.from(data) }
  if (type === 'f16') return { dims, data: Float64Array.from(data, halfToDouble) }
  return undefined
}

/** IEEE 754 binary16. */
function halfToDouble(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

export const scalar = (value: number): Reals => ({ dims: [], data: Float64Array.of(value) })

/** `fn` of two constants, element by element, by NumPy's rules of broadcasting. Throws `RangeError` where lengths clash. */
export function combine(a: Reals, b: Reals, fn: (a: number, b: number) => number): Reals {
  const rank = Math.max(a.dims.length, b.dims.length)
  const dims = Array.from({ length: rank }, (_, axis) => {
    const [one, other] = [lengthAt(a, axis - rank), lengthAt(b, axis - rank)]
    if (one !== other && one !== 1 && other !== 1) throw new RangeError(`lengths ${one} and ${other} differ`)
    return one === 1 ? other : one
  })
  const [atA, atB] = [steps(a, dims), steps(b, dims)]
  const data = new Float64Array(dims.reduce((product, dim) => product * dim, 1))
  const place = dims.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [dot(place, atA), dot(place, atB)]
    data[i] = fn(a.data[x] as number, b.data[y] as number)
    for (let axis = rank - 1; axis >= 0; axis--) {
      place[axis] = ((place[axis] as number) + 1) % (dims[axis] as number)
      if (place[axis] !== 0) break
    }
  }
  return { dims, data }
}

/** Length along an axis counted from the end, which is 1 beyond the first. */
const lengthAt = ({ dims }: Reals, fromEnd: number): number => dims[dims.length + fromEnd] ?? 1

/** Distance in memory of neighbours along each axis of the result; 0 where the operand has length 1. */
function steps(operand: Reals, dims: readonly number[]): number[] {
  let step = 1
  return dims
    .map((_, i) => {
      const length = lengthAt(operand, -1 - i)
      const here = length === 1 ? 0 : step
      step *= length
      return here
    })
    .reverse()
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
