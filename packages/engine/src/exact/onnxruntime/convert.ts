import type { Tensor } from 'onnxruntime-node'
import type { Runtime } from '../../inference/onnx/loadRuntime.ts'
import type { Value } from '../value.ts'

/** A value as ONNX Runtime takes it, over the same memory. */
export function toTensor({ Tensor }: Runtime, value: Value): Tensor {
  const { data, dims } = value
  switch (value.type) {
    case 'f32':
      return new Tensor('float32', value.data, dims)
    case 'f64':
      return new Tensor('float64', value.data, dims)
    case 'i32':
      return new Tensor('int32', value.data, dims)
    case 'i64':
      return new Tensor('int64', value.data, dims)
    case 'u8':
      return new Tensor('uint8', value.data, dims)
    case 'i8':
      return new Tensor('int8', value.data, dims)
    case 'bool':
      return new Tensor('bool', data as Uint8Array, dims)
  }
}

/** What ONNX Runtime returned, over the same memory; every zero loses its sign there. Throws `TypeError` for a type outside the profile. */
export function fromTensor({ type, data, dims }: Tensor): Value {
  if (type === 'float32' && data instanceof Float32Array) return { type: 'f32', dims, data: withoutSignedZeros(data) }
  if (type === 'float64' && data instanceof Float64Array) return { type: 'f64', dims, data: withoutSignedZeros(data) }
  if (type === 'int32' && data instanceof Int32Array) return { type: 'i32', dims, data }
  if (type === 'int64' && data instanceof BigInt64Array) return { type: 'i64', dims, data }
  if (type === 'uint8' && data instanceof Uint8Array) return { type: 'u8', dims, data }
  if (type === 'int8' && data instanceof Int8Array) return { type: 'i8', dims, data }
  if (type === 'bool' && data instanceof Uint8Array) return { type: 'bool', dims, data }
  throw new TypeError(`ONNX Runtime returned a tensor of ${type}, which no exact graph has`)
}

function withoutSignedZeros<T extends Float32Array | Float64Array>(data: T): T {
  // −0 + 0 is 0, and x + 0 is x for every other number (IEEE 754, roundTiesToEven).
  for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + 0
  return data
}
