import { DTYPE_BYTES, type DType, type Hex, type Tensor } from '@stoa/protocol'
import { keeping } from '../keeping.ts'
import { InvalidFormulaError } from './errors.ts'
import type { Reader, Source } from './types.ts'

/** Whole tensors that formulas are computed on: those of a run, and the model's constants. */
export type RunTensors = {
  /** A tensor of the trace, stored as it is committed to. */
  readonly entry: (index: number) => Tensor
  /** A tensor of the request. */
  readonly input: (index: number) => Tensor
  /** Bytes of the constant that has a root: `Formulas.constantBytes`. */
  readonly constant: (root: Hex) => Uint8Array
}

/** Reads elements from whole tensors. Throws `InvalidFormulaError` for one that is not there. */
export function tensorReader({ entry, input, constant }: RunTensors): Reader {
  // Constants are laid out anew whenever they are asked for, and read element by element.
  const constantBytes = keeping(constant)
  const tensorOf = (source: Exclude<Source, { op: 'constant' }>): Tensor =>
    source.op === 'entry' ? entry(source.index) : input(source.index)
  return {
    dims: (source) => tensorOf(source).dims,
    read(source, index) {
      if (source.op === 'constant') return elementAt(constantBytes(source.root), source.type, index)
      const { dtype, data } = tensorOf(source)
      return elementAt(data, dtype, index)
    },
  }
}

/** An element of little-endian integers. */
function elementAt(data: Uint8Array, type: DType, index: number): bigint {
  const width = DTYPE_BYTES[type]
  if (type === 'f32') throw new InvalidFormulaError('a tensor of f32 where one of integers was expected')
  if (index < 0 || (index + 1) * width > data.length)
    throw new InvalidFormulaError(`there is no element ${index} in ${data.length} bytes of ${type}`)
  let bits = 0n
  for (let byte = width - 1; byte >= 0; byte--) bits = (bits << 8n) | BigInt(data[index * width + byte] ?? 0)
  return type.startsWith('i') ? BigInt.asIntN(8 * width, bits) : bits
}
