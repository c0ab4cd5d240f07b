/** Bytes of one element of each type that this reader knows. */
export const SAFETENSORS_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I8: 1, U8: 1 } as const
export type SafetensorsType = keyof typeof SAFETENSORS_BYTES

/** Tensor of a safetensors file: its elements, row by row and little-endian, are the file's bytes from `begin` to `end`. */
export type SafetensorsInfo = {
  readonly type: SafetensorsType
  readonly dims: readonly number[]
  readonly begin: number
  readonly end: number
}

/** The header's length stands in these bytes. */
export const LENGTH_BYTES = 8
/** The most that the format's own library reads. */
export const MAX_HEADER_BYTES = 100_000_000
