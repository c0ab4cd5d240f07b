import { elementsOf } from '../../value.ts'
import { attribute, lengths, requireAttribute } from '../attributes.ts'
import { fromNumbers, inputAt, numbersOf, requireRank, requireType } from '../elements.ts'
import { Refusal } from '../errors.ts'
import { pick } from '../indices.ts'
import type { Operator } from '../operator.ts'

/** The greatest element under a window; what lies outside of the input is not looked at. */
export const maxPool: Operator = (node, inputs) => {
  const x = inputAt(inputs, 0)
  requireType(x, 'f32')
  requireRank(x, 4)
  requireAttribute(node, 'auto_pad', 'NOTSET')
  for (const name of ['ceil_mode', 'storage_order']) requireAttribute(node, name, 0)
  requireAttribute(node, 'dilations', 1)
  if (node.outputs.length !== 1) throw new Refusal('the indices of the greatest elements are not part of the profile')
  const kernel = attribute(node, 'kernel_shape', 'ints')
  if (kernel?.length !== 2 || kernel.some((length) => length < 1)) throw new Refusal('kernel_shape is not two lengths')
  const strides = lengths(node, 'strides', 2, 1)
  const pads = lengths(node, 'pads', 4, 0)
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const [rows, columns] = [0, 1].map((axis) => {
    const padded = (x.dims[axis + 2] as number) + (pads[axis] as number) + (pads[axis + 2] as number)
    return Math.floor((padded - (kernel[axis] as number)) / (strides[axis] as number)) + 1
  }) as [number, number]
  if (rows < 1 || columns < 1) throw new Refusal('the window is larger than the padded input')
  const data = numbersOf(x)
  const dims = [batch, channels, rows, columns]
  const results = new Float64Array(elementsOf(dims))
  for (let i = 0; i < results.length; i++) {
    const [row, column] = [Math.floor(i / columns) % rows, i % columns]
    const from = Math.floor(i / (rows * columns)) * height * width
    const [top, left] = [
      row * (strides[0] as number) - (pads[0] as number),
      column * (strides[1] as number) - (pads[1] as number),
    ]
    let greatest = Number.NEGATIVE_INFINITY
    for (let u = Math.max(top, 0); u < Math.min(top + (kernel[0] as number), height); u++) {
      for (let v = Math.max(left, 0); v < Math.min(left + (kernel[1] as number), width); v++) {
        greatest = Math.max(greatest, data[from + u * width + v] as number)
      }
    }
    results[i] = greatest
  }
  return [fromNumbers('f32', dims, results)]
}

/** out[y, x] = in[⌊y/s⌋, ⌊x/t⌋] for whole s and t. */
export const resize: Operator = (node, inputs) => {
  const x = inputAt(inputs, 0)
  requireType(x, 'f32')
  requireRank(x, 4)
  const expected = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  for (const [name, value] of Object.entries(expected)) {
    if (attribute(node, name, 'text') !== value) throw new Refusal(`attribute ${name} is not ${value}`)
  }
  if (inputs[3] !== undefined) throw new Refusal('scales are given, not sizes')
  const [n, c, down, right] = Array.from<number | bigint, number>(inputAt(inputs, 2).data, Number)
  if (n !== 1 || c !== 1 || !isScale(down) || !isScale(right))
    throw new Refusal('scales are not 1, 1 and two whole numbers')
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const dims = [batch, channels, height * down, width * right]
  const [rows, columns] = [height * down, width * right]
  const indices = new Int32Array(elementsOf(dims))
  for (let i = 0; i < indices.length; i++) {
    const plane = Math.floor(i / (rows * columns))
    const row = Math.floor((Math.floor(i / columns) % rows) / down)
    indices[i] = (plane * height + row) * width + Math.floor((i % columns) / right)
  }
  return [pick(x, dims, indices)]
}

const isScale = (scale: number | undefined): scale is number => Number.isInteger(scale) && (scale ?? 0) >= 1
