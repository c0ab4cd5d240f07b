import { type ByteFile, openByteFile } from '../byteFile.ts'
import { InvalidCheckpointError } from '../errors.ts'
import { readFloats } from '../readFloats.ts'
import { FLOAT_TYPES, type FloatType, toFloats } from '../toFloats.ts'
import {
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  SAFETENSORS_BYTES,
  type SafetensorsInfo,
  type SafetensorsType,
} from './dtypes.ts'
import { parseHeader } from './parseHeader.ts'

/** An open safetensors file. Only its header is held; tensors are read when they are asked for. */
export type SafetensorsFile = AsyncDisposable & {
  readonly tensors: ReadonlyMap<string, SafetensorsInfo>
  readonly metadata: ReadonlyMap<string, string>
  /** Bytes of a tensor, little-endian, row by row. */
  bytes(name: string): Promise<Uint8Array>
  /** Elements of a tensor of F16, BF16, F32 or F64, row by row. */
  floats(name: string): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * Opens a file of the safetensors format. Throws `InvalidCheckpointError`, and `UnsupportedCheckpointError` for element types that
 * are not in `SAFETENSORS_BYTES`.
 *
 * @see https://huggingface.co/docs/safetensors
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openByteFile(path)
  try {
    return openTensors(file, parseHeader(await readHeader(file), file.size, file.name))
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readHeader(file: ByteFile): Promise<Uint8Array> {
  if (file.size < LENGTH_BYTES) throw new InvalidCheckpointError(file.name, `it has ${file.size} bytes only`)
  const head = await file.read(0, LENGTH_BYTES)
  const length = new DataView(head.buffer).getBigUint64(0, true)
  if (length > BigInt(Math.min(file.size - LENGTH_BYTES, MAX_HEADER_BYTES))) {
    throw new InvalidCheckpointError(file.name, `its header would have ${length} bytes`)
  }
  return file.read(LENGTH_BYTES, Number(length))
}

function openTensors(file: ByteFile, header: ReturnType<typeof parseHeader>): SafetensorsFile {
  const find = (name: string): SafetensorsInfo => {
    const info = header.tensors.get(name)
    if (!info) throw new InvalidCheckpointError(file.name, `it has no tensor "${name}"`)
    return info
  }
  const close = () => file.close()
  return {
    ...header,
    bytes: async (name) => {
      const { begin, end } = find(name)
      return file.read(begin, end - begin)
    },
    floats: async (name) => {
      const { type, begin, end } = find(name)
      if (!isFloat(type))
        throw new InvalidCheckpointError(file.name, `the tensor "${name}" is of ${type}, not of floats`)
      const bytes = SAFETENSORS_BYTES[type]
      const packing = { elements: 1, bytes, unpack: toFloats.bind(undefined, type) }
      return readFloats(file, packing, begin, (end - begin) / bytes)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function isFloat(type: SafetensorsType): type is FloatType {
  return FLOAT_TYPES.some((float) => float === type)
}
