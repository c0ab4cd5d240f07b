import { open } from 'node:fs/promises'
import { LENGTH_BYTES, SAFETENSORS_BYTES, type SafetensorsType } from './dtypes.ts'

/** Tensor to write: `data` holds its elements row by row, in this machine's (little-endian) order. */
export type TensorToWrite = {
  readonly name: string
  readonly type: SafetensorsType
  readonly dims: readonly number[]
  readonly data: ArrayBufferView
}

/**
 * Writes a safetensors file, replacing what is at `path`. The widest elements come first and the data begin at a multiple of 8, so
 * that every tensor is aligned. Throws `RangeError` for data that are not as long as their dims say, and for a name that is there twice.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const sorted = [...tensors].sort((a, b) => SAFETENSORS_BYTES[b.type] - SAFETENSORS_BYTES[a.type])
  const header = new Map<string, unknown>()
  if (Object.keys(metadata).length > 0) header.set('__metadata__', metadata)
  let end = 0
  for (const { name, type, dims, data } of sorted) {
    const length = dims.reduce((product, dim) => product * dim, SAFETENSORS_BYTES[type])
    if (length !== data.byteLength) throw new RangeError(`${name} has ${data.byteLength} bytes, its dims say ${length}`)
    if (name === '__metadata__' || header.has(name)) throw new RangeError(`${name} can't be the name of a tensor here`)
    header.set(name, { dtype: type, shape: dims, data_offsets: [end, end + length] })
    end += length
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const head = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / 8) * 8).fill(0x20)
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - LENGTH_BYTES), true)
  head.set(json, LENGTH_BYTES)

  await using handle = await open(path, 'w')
  await handle.writeFile(head)
  for (const { data } of sorted) await handle.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}
