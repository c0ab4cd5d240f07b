import { type ByteFile, openByteFile } from '../byteFile.ts'
import { InvalidCheckpointError } from '../errors.ts'
import { readFloats } from '../readFloats.ts'
import { type GgufHeader, parseGguf } from './parseGguf.ts'

/** An open GGUF file. Only its header is held; tensors are read when they are asked for. */
export type GgufFile = AsyncDisposable &
  GgufHeader & {
    /** For messages. */
    readonly name: string
    /** Elements of a tensor, row by row, dequantised exactly and rounded once. */
    floats(name: string): Promise<Float32Array>
    close(): Promise<void>
  }

/** The first guess at a header's length; it is doubled until the header fits. */
const FIRST_BYTES = 2 ** 18
/** Vocabularies of 256,000 tokens with merges make headers of some 20 MB. */
const MAX_HEADER_BYTES = 2 ** 28

/** Opens a GGUF file. Throws `InvalidCheckpointError`, and `UnsupportedCheckpointError` for tensor types that can't be read. */
export async function readGguf(path: string): Promise<GgufFile> {
  const file = await openByteFile(path)
  try {
    const header = await readHeader(file)
    const close = () => file.close()
    return {
      ...header,
      name: file.name,
      floats: async (name) => {
        const info = header.tensors.get(name)
        if (!info) throw new InvalidCheckpointError(file.name, `it has no tensor "${name}"`)
        const { type, begin, end } = info
        return readFloats(file, type, begin, ((end - begin) / type.bytes) * type.elements)
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readHeader(file: ByteFile): Promise<GgufHeader> {
  const most = Math.min(file.size, MAX_HEADER_BYTES)
  for (let length = Math.min(FIRST_BYTES, most); ; length = Math.min(length * 2, most)) {
    const header = parseGguf(await file.read(0, length), file.size, file.name)
    if (header) return header
    if (length === most) throw new InvalidCheckpointError(file.name, `its header has more than ${most} bytes`)
  }
}
