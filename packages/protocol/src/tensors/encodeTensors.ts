import { assertTensor, DTYPES, InvalidTensorError, type Tensor } from './tensor.ts'

/** Media type of an encoded tensor list. */
export const TENSORS_MEDIA_TYPE = 'application/vnd.stoa.tensors'

/** "STOA", version 1. */
export const MAGIC = new Uint8Array([0x53, 0x54, 0x4f, 0x41, 1])
export const MAX_TENSORS = 16

/** Name, type and dimensions of a tensor as they stand in a message and under its digest; big-endian. */
export function encodeHeader({ name, dtype, dims }: Omit<Tensor, 'data'>): Uint8Array {
  const bytes = new Uint8Array(1 + name.length + 2 + 4 * dims.length)
  const view = new DataView(bytes.buffer)
  bytes[0] = name.length
  for (let i = 0; i < name.length; i++) bytes[1 + i] = name.charCodeAt(i)
  const at = 1 + name.length
  bytes[at] = DTYPES.indexOf(dtype)
  bytes[at + 1] = dims.length
  dims.forEach((dim, i) => {
    view.setUint32(at + 2 + 4 * i, dim)
  })
  return bytes
}

/**
 * A tensor list as bytes: magic, count, headers, then each tensor's data from a multiple of 8 on, so that a reader can use it in
 * place (specs/tensors.md). One list has exactly one encoding.
 */
export function encodeTensors(tensors: readonly Tensor[]): Uint8Array<ArrayBuffer> {
  if (tensors.length > MAX_TENSORS) throw new InvalidTensorError(`${tensors.length} tensors, at most ${MAX_TENSORS}`)
  tensors.forEach(assertTensor)
  if (new Set(tensors.map((t) => t.name)).size !== tensors.length) throw new InvalidTensorError('a name stands twice')
  const headers = tensors.map(encodeHeader)
  let size = MAGIC.length + 1 + headers.reduce((sum, header) => sum + header.length, 0)
  for (const { data } of tensors) size = align(size) + data.length
  const bytes = new Uint8Array(size)
  bytes.set(MAGIC)
  bytes[MAGIC.length] = tensors.length
  let at = MAGIC.length + 1
  for (const header of headers) {
    bytes.set(header, at)
    at += header.length
  }
  for (const { data } of tensors) {
    at = align(at)
    bytes.set(data, at)
    at += data.length
  }
  return bytes
}

export function align(offset: number): number {
  return (offset + 7) & ~7
}
