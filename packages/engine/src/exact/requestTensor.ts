import type { Tensor } from '@stoa/protocol'
import type { Value } from './value.ts'

/** An input of a graph as a request has it: with the graph's name, elements in the graph's order. Shares the value's memory. */
export function requestTensor(name: string, value: Value | undefined): Tensor {
  if (!value || value.type === 'f32' || value.type === 'f64' || value.type === 'bool')
    throw new TypeError(`no input "${name}" of integers`)
  const { buffer, byteOffset, byteLength } = value.data
  return { name, dtype: value.type, dims: value.dims, data: new Uint8Array(buffer, byteOffset, byteLength) }
}
