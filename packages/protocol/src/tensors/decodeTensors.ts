import { align, MAGIC, MAX_TENSORS } from './encodeTensors.ts'
import { assertTensor, DTYPE_BYTES, DTYPES, InvalidTensorError, MAX_RANK, type Tensor } from './tensor.ts'

/**
 * Reads a tensor list; the tensors' data are views into `bytes`. Throws `InvalidTensorError` for anything but the one canonical
 * encoding: other magic, trailing or missing bytes, padding that is not zero, a name twice. Allocates nothing that the input's
 * own length does not pay for.
 */
export function decodeTensors(bytes: Uint8Array): Tensor[] {
  const reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at: 0 }
  for (const byte of MAGIC) {
    if (take(reader, 1)[0] !== byte) throw new InvalidTensorError('the bytes are not a tensor list of version 1')
  }
  const count = takeByte(reader)
  if (count > MAX_TENSORS) throw new InvalidTensorError(`${count} tensors, at most ${MAX_TENSORS}`)
  const headers = Array.from({ length: count }, () => takeHeader(reader))
  if (new Set(headers.map((h) => h.name)).size !== count) throw new InvalidTensorError('a name stands twice')
  const tensors = headers.map((header) => {
    const padding = take(reader, align(reader.at) - reader.at)
    if (padding.some((byte) => byte !== 0)) throw new InvalidTensorError(`padding before "${header.name}" is not zero`)
    const elements = header.dims.reduce((product, dim) => product * dim, 1)
    const tensor = { ...header, data: take(reader, elements * DTYPE_BYTES[header.dtype]) }
    assertTensor(tensor)
    return tensor
  })
  if (reader.at !== bytes.length) throw new InvalidTensorError(`${bytes.length - reader.at} bytes too many`)
  return tensors
}

type Reader = { bytes: Uint8Array; view: DataView; at: number }

function take(reader: Reader, length: number): Uint8Array {
  if (!Number.isSafeInteger(length) || reader.at + length > reader.bytes.length)
    throw new InvalidTensorError(`cut off after ${reader.bytes.length} bytes`)
  const part = reader.bytes.subarray(reader.at, reader.at + length)
  reader.at += length
  return part
}

function takeByte(reader: Reader): number {
  return take(reader, 1)[0] ?? 0
}

function takeHeader(reader: Reader): Omit<Tensor, 'data'> {
  const name = String.fromCharCode(...take(reader, takeByte(reader)))
  const dtype = DTYPES[takeByte(reader)]
  if (!dtype) throw new InvalidTensorError(`"${name}" has an unknown type`)
  const rank = takeByte(reader)
  if (rank > MAX_RANK) throw new InvalidTensorError(`"${name}" has ${rank} dimensions, at most ${MAX_RANK}`)
  const dims = Array.from({ length: rank }, () => {
    take(reader, 4)
    return reader.view.getUint32(reader.at - 4)
  })
  return { name, dtype, dims }
}
