import { elementsOf, type Value } from '../../value.ts'
import {
  fromNumbers,
  type Inputs,
  inputAt,
  type NumberArray,
  numbersOf,
  requireType,
  soleElement,
} from '../elements.ts'
import { Refusal } from '../errors.ts'
import { broadcastDims, broadcastIndices } from '../indices.ts'
import type { Operator } from '../operator.ts'

/** Products of floats by NumPy's rules, summed in doubles; see `conv` on why these are exact. */
export const matMul: Operator = (_, inputs) => {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)]
  requireType(a, 'f32', 'f64')
  requireType(b, a.type)
  const { dims, sums } = multiply(a, b, 0, 0)
  return [fromNumbers(a.type, dims, sums)]
}

/** Products of u8 less their zero points, in i32. */
export const matMulInteger: Operator = (_, inputs) => {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)]
  requireType(a, 'u8')
  requireType(b, 'u8')
  const { dims, sums } = multiply(a, b, zeroPoint(inputs, 2), zeroPoint(inputs, 3))
  return [fromNumbers('i32', dims, sums)]
}

function zeroPoint(inputs: Inputs, index: number): number {
  const value = inputs[index]
  if (value === undefined) return 0
  requireType(value, 'u8')
  return Number(soleElement(value))
}

/** Σ (a − zeroA) · (b − zeroB), matrix by matrix. A vector stands for a matrix of one row or column, which the result then lacks. */
function multiply(a: Value, b: Value, zeroA: number, zeroB: number): { dims: number[]; sums: Float64Array } {
  if (a.dims.length === 0 || b.dims.length === 0) throw new Refusal('a scalar is no operand of a matrix product')
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims
  const [rows, depth] = left.slice(-2) as [number, number]
  const [height, columns] = right.slice(-2) as [number, number]
  if (depth !== height) throw new Refusal(`rows of ${depth} do not meet columns of ${height}`)
  const batch = broadcastDims(left.slice(0, -2), right.slice(0, -2))
  const [ofA, ofB] = [broadcastIndices(left.slice(0, -2), batch), broadcastIndices(right.slice(0, -2), batch)]
  const [x, y] = [numbersOf(a), numbersOf(b)]
  const sums = new Float64Array(elementsOf(batch) * rows * columns)
  for (let n = 0; n < ofA.length; n++) {
    for (let i = 0; i < rows; i++) {
      const row = sums.subarray((n * rows + i) * columns, (n * rows + i + 1) * columns)
      const from = ((ofA[n] as number) * rows + i) * depth
      for (let k = 0; k < depth; k++) {
        addScaled(row, (x[from + k] as number) - zeroA, y, ((ofB[n] as number) * depth + k) * columns, zeroB)
      }
    }
  }
  const dims = [...batch, ...(a.dims.length === 1 ? [] : [rows]), ...(b.dims.length === 1 ? [] : [columns])]
  return { dims, sums }
}

function addScaled(row: Float64Array, factor: number, matrix: NumberArray, from: number, zero: number): void {
  for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) + factor * ((matrix[from + j] as number) - zero)
}
