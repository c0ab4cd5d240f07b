import { z } from 'zod'
import { BaseError } from '../errors.ts'
import { assertTensor, DTYPE_BYTES, type DType, MAX_RANK, type Tensor, valuesOf } from '../tensors/tensor.ts'

/** Names of element types in the Open Inference Protocol. Those without a tensor type here are refused. */
const DATATYPES: Readonly<Record<string, DType>> = {
  UINT8: 'u8',
  INT8: 'i8',
  INT16: 'i16',
  INT32: 'i32',
  UINT32: 'u32',
  INT64: 'i64',
  FP32: 'f32',
}

/** Least and greatest integer of a type. INT64 goes over JSON as a number, so it is held to what numbers are sure of. */
const RANGES: Readonly<Record<Exclude<DType, 'f32'>, readonly [number, number]>> = {
  u8: [0, 0xff],
  i8: [-0x80, 0x7f],
  i16: [-0x8000, 0x7fff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u32: [0, 0xffff_ffff],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

/** A tensor as the protocol's JSON has it; `data` is flat, or nested by its dimensions. */
const jsonTensor = z.object({
  name: z.string().max(32),
  shape: z.array(z.int().nonnegative()).max(MAX_RANK),
  datatype: z.string().max(10),
  data: z.array(z.unknown()),
})

/** Body of `POST /v2/models/<model>/infer` (Open Inference Protocol v2, JSON tensors), as far as it is read. */
export const inferRequest = z.object({
  id: z.string().max(200).optional(),
  inputs: z.array(jsonTensor).min(1).max(64),
  outputs: z
    .array(z.object({ name: z.string().max(32) }))
    .max(64)
    .optional(),
})
export type InferRequest = z.infer<typeof inferRequest>

/** JSON that is no tensor: which, and why. */
export class InvalidTensorJsonError extends BaseError {
  override name = 'InvalidTensorJsonError'
  constructor(why: string, hint: string) {
    super(why, { code: 'INVALID_TENSOR', hint })
  }
}

/** Reads a tensor. Throws `InvalidTensorJsonError` or `InvalidTensorError` that names what is wrong. */
export function tensorFromJson({ name, shape, datatype, data }: z.infer<typeof jsonTensor>): Tensor {
  const dtype = DATATYPES[datatype]
  if (!dtype)
    throw refused(`"${name}" has the datatype ${datatype}.`, `Send one of ${Object.keys(DATATYPES).join(', ')}.`)
  const numbers = data.flat(MAX_RANK)
  const count = shape.reduce((product, length) => product * length, 1)
  if (numbers.length !== count)
    throw refused(
      `"${name}" has ${numbers.length} elements for the shape [${shape}].`,
      `Send ${count}, flat or nested.`,
    )
  const wrong = numbers.findIndex((number) => !isElement(number, dtype))
  if (wrong >= 0) throw refused(`Element ${wrong} of "${name}" is no ${datatype}.`, 'Send numbers that the type holds.')
  const bytes = new Uint8Array(count * DTYPE_BYTES[dtype])
  const tensor = { name, dtype, dims: shape, data: bytes }
  assertTensor(tensor)
  if (dtype === 'i64') valuesOf(tensor, dtype).set((numbers as number[]).map(BigInt))
  else valuesOf(tensor, dtype).set(numbers as number[])
  return tensor
}

function isElement(value: unknown, dtype: DType): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false
  if (dtype === 'f32') return true
  const [lo, hi] = RANGES[dtype]
  return Number.isInteger(value) && value >= lo && value <= hi
}

const refused = (why: string, hint: string) => new InvalidTensorJsonError(why, hint)

/** What the Open Inference Protocol calls an element type. */
export function datatypeOf(dtype: DType): string {
  return Object.keys(DATATYPES).find((key) => DATATYPES[key] === dtype) ?? dtype
}

/** The tensors that a request asked for, all where it named none; a name that the answer does not have is passed over. */
export function outputsOf({ outputs }: Pick<InferRequest, 'outputs'>, answered: readonly Tensor[]): JsonTensor[] {
  const wanted = outputs && new Set(outputs.map(({ name }) => name))
  return (wanted ? answered.filter(({ name }) => wanted.has(name)) : answered).map(tensorToJson)
}

export type JsonTensor = ReturnType<typeof tensorToJson>

/** The JSON of a tensor. Elements of i64 beyond 2^53 become the nearest number. */
export function tensorToJson(tensor: Tensor) {
  return {
    ...{ name: tensor.name, shape: tensor.dims, datatype: datatypeOf(tensor.dtype) },
    data: Array.from<number | bigint, number>(valuesOf(tensor, tensor.dtype), Number),
  }
}
