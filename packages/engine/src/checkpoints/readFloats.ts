import type { ByteFile } from './byteFile.ts'

/** How a tensor's elements are packed: `elements` at a time in `bytes` bytes, and how to unpack whole packs. */
export type Packing = {
  readonly elements: number
  readonly bytes: number
  unpack(bytes: Uint8Array, out: Float32Array, at: number): void
}

/** Bytes that are read at a time, so that a tensor's packed and unpacked forms are never both held as a whole. */
const CHUNK_BYTES = 4 * 2 ** 20

/** The `count` elements from byte `offset` of `file` as floats; `count` is a multiple of `packing.elements`. */
export async function readFloats(
  file: ByteFile,
  packing: Packing,
  offset: number,
  count: number,
): Promise<Float32Array> {
  const out = new Float32Array(count)
  const packs = count / packing.elements
  const step = Math.max(1, Math.floor(CHUNK_BYTES / packing.bytes))
  for (let pack = 0; pack < packs; pack += step) {
    const some = Math.min(step, packs - pack)
    const bytes = await file.read(offset + pack * packing.bytes, some * packing.bytes)
    packing.unpack(bytes, out, pack * packing.elements)
  }
  return out
}
