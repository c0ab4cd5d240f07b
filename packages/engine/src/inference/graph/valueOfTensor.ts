import { type Tensor, valuesOf } from '@stoa/protocol'
import type { Value } from '../../exact/value.ts'

/** A request's tensor as an executor takes it; undefined for a type that no exact graph has. Shares memory where alignment allows. */
export function valueOfTensor(tensor: Tensor): Value | undefined {
  const { dtype: type, dims } = tensor
  switch (type) {
    case 'u8':
      return { type, dims, data: valuesOf(tensor, type) }
    case 'i8':
      return { type, dims, data: valuesOf(tensor, type) }
    case 'i32':
      return { type, dims, data: valuesOf(tensor, type) }
    case 'i64':
      return { type, dims, data: valuesOf(tensor, type) }
    default:
      return undefined
  }
}
