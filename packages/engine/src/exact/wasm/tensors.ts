import { type ExactType, elementsOf, type Value } from '../value.ts'
import type { Located } from './plan/makePlan.ts'
import { isDense, naturalOrder } from './plan/view.ts'

const ARRAY = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  i64: BigInt64Array,
  u8: Uint8Array,
  i8: Int8Array,
  bool: Uint8Array,
} as const

type Elements = Value['data']

/** `count` elements at an address of the memory, without a copy. */
function elementsAt(memory: WebAssembly.Memory, type: ExactType, address: number, count: number): Elements {
  return new ARRAY[type](memory.buffer, address, count)
}

/** Copies a request's tensor to its place, which is dense. */
export function writeTensor(
  memory: WebAssembly.Memory,
  arena: number,
  { view, address }: Located,
  { data }: Value,
): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  new Uint8Array(memory.buffer, arena + address, bytes.length).set(bytes)
  if (bytes.length !== elementsAt(memory, view.type, arena + address, elementsOf(view.dims)).byteLength)
    throw new RangeError('a request has the lengths of its binding')
}

/** Copies a tensor out of the memory, in the graph's order of axes. */
export function readTensor(memory: WebAssembly.Memory, arena: number, { view, address, inArena }: Located): Value {
  const { type, dims, strides } = view
  const start = address + (inArena ? arena : 0)
  const count = elementsOf(dims)
  const data = new ARRAY[type](count)
  if (isDense(view, naturalOrder(dims.length))) {
    copyElements(elementsAt(memory, type, start, count), data)
  } else {
    const span = dims.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), 1)
    if (count > 0) gatherElements(elementsAt(memory, type, start, span), data, dims, strides)
  }
  return { type, dims, data } as Value
}

function copyElements(from: Elements, to: Elements): void {
  if (from instanceof BigInt64Array) {
    if (to instanceof BigInt64Array) to.set(from)
  } else if (!(to instanceof BigInt64Array)) to.set(from)
}

/** Elements in the order of `dims`, innermost axis last. */
function gatherElements(from: Elements, to: Elements, dims: readonly number[], strides: readonly number[]): void {
  const inner = dims.length - 1
  const [length, stride] = [dims[inner] ?? 1, strides[inner] ?? 0]
  const index = new Array<number>(dims.length).fill(0)
  let start = 0
  for (let at = 0; at < to.length; ) {
    for (let i = 0, source = start; i < length; i++, source += stride) to[at++] = from[source] as never
    for (let axis = inner - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1
      start += strides[axis] ?? 0
      if (next < (dims[axis] ?? 1)) {
        index[axis] = next
        break
      }
      index[axis] = 0
      start -= next * (strides[axis] ?? 0)
    }
  }
}
