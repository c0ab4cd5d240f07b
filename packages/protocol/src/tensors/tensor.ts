import { BaseError } from '../errors.ts'

/** Element types, by the code that the canonical encoding gives them. */
export const DTYPES = ['u8', 'i8', 'i32', 'u32', 'i64', 'f32', 'i16'] as const
export type DType = (typeof DTYPES)[number]

/** Bytes in one element. */
export const DTYPE_BYTES: Readonly<Record<DType, number>> = { u8: 1, i8: 1, i32: 4, u32: 4, i64: 8, f32: 4, i16: 2 }

/**
 * A named array: images NHWC, text its UTF-8 bytes. `data` holds the elements row-major, little-endian; its length is the
 * product of `dims` times the element's size.
 */
export type Tensor = { name: string; dtype: DType; dims: readonly number[]; data: Uint8Array }

export type TypedArrayOf = {
  u8: Uint8Array
  i8: Int8Array
  i32: Int32Array
  u32: Uint32Array
  i64: BigInt64Array
  f32: Float32Array
  i16: Int16Array
}

/** A tensor that is not well-formed, or not the one needed. */
export class InvalidTensorError extends BaseError {
  override name = 'InvalidTensorError'
  constructor(why: string) {
    super(`Invalid tensor: ${why}.`, { code: 'INVALID_TENSOR', hint: 'See specs/tensors.md and specs/tasks.md.' })
  }
}

export const MAX_RANK = 8
const NAME = /^[a-z][a-z0-9_]{0,31}$/

/** Throws `InvalidTensorError` unless name, dims and size agree. */
export function assertTensor({ name, dtype, dims, data }: Tensor): void {
  if (!NAME.test(name)) throw new InvalidTensorError(`"${name}" is not a name`)
  if (dims.length > MAX_RANK)
    throw new InvalidTensorError(`"${name}" has ${dims.length} dimensions, at most ${MAX_RANK}`)
  let elements = 1
  for (const dim of dims) {
    if (!Number.isInteger(dim) || dim < 0 || dim > 0xffff_ffff)
      throw new InvalidTensorError(`"${name}" has a dimension ${dim}`)
    elements *= dim
  }
  const needed = elements * DTYPE_BYTES[dtype]
  if (!Number.isSafeInteger(needed) || data.length !== needed)
    throw new InvalidTensorError(`"${name}" ${dtype}[${dims.join(',')}] needs ${needed} bytes, has ${data.length}`)
}

/** Tensor over the memory of `values` (no copy). */
export function tensorOf<D extends DType>(
  name: string,
  dtype: D,
  dims: readonly number[],
  values: TypedArrayOf[D],
): Tensor {
  const tensor = { name, dtype, dims, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) }
  assertTensor(tensor)
  return tensor
}

/** Tensor of a text's UTF-8 bytes, dims [bytes]. */
export function textTensor(name: string, text: string): Tensor {
  const bytes = new TextEncoder().encode(text)
  return tensorOf(name, 'u8', [bytes.length], bytes)
}

/** The elements as `dtype`; a view where alignment allows, a copy elsewhere. Throws if the tensor has another type. */
export function valuesOf<D extends DType>(tensor: Tensor, dtype: D): TypedArrayOf[D] {
  if (tensor.dtype !== dtype) throw new InvalidTensorError(`"${tensor.name}" is ${tensor.dtype}, ${dtype} is needed`)
  const { data } = tensor
  const aligned = data.byteOffset % DTYPE_BYTES[dtype] === 0 ? data : data.slice()
  return VIEWS[dtype](aligned.buffer, aligned.byteOffset, aligned.length / DTYPE_BYTES[dtype])
}

const VIEWS: { [D in DType]: (buffer: ArrayBufferLike, offset: number, length: number) => TypedArrayOf[D] } = {
  u8: (b, o, n) => new Uint8Array(b, o, n),
  i8: (b, o, n) => new Int8Array(b, o, n),
  i32: (b, o, n) => new Int32Array(b, o, n),
  u32: (b, o, n) => new Uint32Array(b, o, n),
  i64: (b, o, n) => new BigInt64Array(b, o, n),
  f32: (b, o, n) => new Float32Array(b, o, n),
  i16: (b, o, n) => new Int16Array(b, o, n),
}

/** The tensor called `name`; throws `InvalidTensorError` when it is missing. */
export function findTensor(tensors: readonly Tensor[], name: string): Tensor {
  const tensor = tensors.find((t) => t.name === name)
  if (!tensor)
    throw new InvalidTensorError(`no tensor called "${name}" among [${tensors.map((t) => t.name).join(', ')}]`)
  return tensor
}
