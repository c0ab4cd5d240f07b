import { InvalidCheckpointError, UnsupportedCheckpointError } from '../errors.ts'
import { GGML_TYPES, type GgmlType, OTHER_GGML_TYPES } from './ggmlTypes.ts'
import { HeaderCursor, HeaderGoesOn } from './headerCursor.ts'
import { type GgufValue, readValue } from './readValue.ts'

/** Tensor of a GGUF file: `dims` with the longest stride first (rows, columns), its bytes from `begin` to `end` of the file. */
export type GgufInfo = {
  readonly type: GgmlType
  readonly dims: readonly number[]
  readonly begin: number
  readonly end: number
}

export type GgufHeader = {
  readonly metadata: ReadonlyMap<string, GgufValue>
  readonly tensors: ReadonlyMap<string, GgufInfo>
}

/** "GGUF", little-endian. */
const MAGIC = 0x46554747
/** The fewest bytes of a metadata entry: a length, a type and a value of one byte. */
const LEAST_ENTRY_BYTES = 13
/** The fewest bytes of a tensor's entry: a length, rank, type and offset. */
const LEAST_INFO_BYTES = 24
const MAX_KEY_BYTES = 65_535
const MAX_NAME_BYTES = 64
const MAX_RANK = 4
const DEFAULT_ALIGNMENT = 32
const MAX_ALIGNMENT = 65_536

/**
 * Parses the header of a GGUF file, version 2 or 3, from the file's first bytes. Gives undefined where `bytes` ends before the header does.
 * Tensors must follow each other as ggml writes them, in the header's order and with no more room between them than alignment needs.
 * `size`: bytes of the whole file.
 *
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function parseGguf(bytes: Uint8Array, size: number, file: string): GgufHeader | undefined {
  try {
    return parse(new HeaderCursor(bytes, file), size)
  } catch (error) {
    if (!(error instanceof HeaderGoesOn)) throw error
    if (bytes.length < size) return undefined
    throw new InvalidCheckpointError(file, 'it ends in the middle of its header')
  }
}

function parse(cursor: HeaderCursor, size: number): GgufHeader {
  const { file } = cursor
  if (cursor.u32() !== MAGIC) throw new InvalidCheckpointError(file, 'it does not begin with "GGUF"')
  const version = cursor.u32()
  if (version !== 2 && version !== 3) {
    // A small number in the upper bytes is one that was written by a big-endian machine.
    const name = version !== 0 && (version & 0xffff) === 0 ? 'big-endian numbers' : `version ${version} of GGUF`
    throw new UnsupportedCheckpointError(file, name, { hint: 'Convert the model again with a current converter.' })
  }
  const tensorCount = cursor.count('tensors', Math.floor(size / LEAST_INFO_BYTES))
  const entryCount = cursor.count('metadata entries', Math.floor(size / LEAST_ENTRY_BYTES))
  const metadata = new Map<string, GgufValue>()
  for (let i = 0; i < entryCount; i += 1) {
    const key = cursor.text(MAX_KEY_BYTES)
    if (metadata.has(key)) throw new InvalidCheckpointError(file, `the key "${key}" is there twice`)
    metadata.set(key, readValue(cursor, size))
  }
  const infos = readInfos(cursor, tensorCount)
  return { metadata, tensors: place(infos, cursor.at, readAlignment(metadata, file), size, file) }
}

type Info = { name: string; type: GgmlType; dims: readonly number[]; bytes: number; offset: number }

function readInfos(cursor: HeaderCursor, count: number): Info[] {
  const infos: Info[] = []
  for (let i = 0; i < count; i += 1) infos.push(readInfo(cursor))
  return infos
}

function readInfo(cursor: HeaderCursor): Info {
  const { file } = cursor
  const name = cursor.text(MAX_NAME_BYTES)
  const rank = cursor.u32()
  if (rank > MAX_RANK) throw new InvalidCheckpointError(file, `the tensor "${name}" has ${rank} dimensions`)
  const shape = Array.from({ length: rank }, () => cursor.count('elements in a row', Number.MAX_SAFE_INTEGER))
  const id = cursor.u32()
  const type = GGML_TYPES.get(id)
  if (!type) {
    const known = OTHER_GGML_TYPES.get(id)
    throw new UnsupportedCheckpointError(file, `the element type ${known ?? id} of the tensor "${name}"`, {
      hint: 'Bring the model as F16, BF16, Q8_0, Q6_K, Q5_K, Q4_K or an older quantisation of 4 or 5 bits.',
    })
  }
  const elements = shape.reduce((product, dim) => product * dim, 1)
  const columns = shape[0] ?? 1
  // A number past 2^53 may have been rounded, but is refused with those that can't be in any file.
  if (!Number.isSafeInteger(elements * type.bytes) || columns % type.elements !== 0) {
    throw new InvalidCheckpointError(file, `the tensor "${name}" can't be ${shape.join(' × ')} of ${type.name}`)
  }
  const offset = cursor.count('bytes before a tensor', Number.MAX_SAFE_INTEGER)
  return { name, type, dims: shape.reverse(), bytes: (elements / type.elements) * type.bytes, offset }
}

function readAlignment(metadata: ReadonlyMap<string, GgufValue>, file: string): number {
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT
  const isPower = typeof alignment === 'number' && Number.isInteger(Math.log2(alignment))
  if (!isPower || alignment < 1 || alignment > MAX_ALIGNMENT) {
    throw new InvalidCheckpointError(file, `its alignment would be ${alignment}`)
  }
  return alignment
}

function place(infos: readonly Info[], headerEnd: number, alignment: number, size: number, file: string) {
  const align = (at: number) => Math.ceil(at / alignment) * alignment
  const start = align(headerEnd)
  const tensors = new Map<string, GgufInfo>()
  let end = start
  for (const { name, type, dims, bytes, offset } of infos) {
    const begin = align(end)
    if (tensors.has(name)) throw new InvalidCheckpointError(file, `the tensor "${name}" is there twice`)
    if (start + offset !== begin) {
      throw new InvalidCheckpointError(
        file,
        `the tensor "${name}" is at byte ${start + offset}, not ${begin} as its turn is`,
      )
    }
    end = begin + bytes
    tensors.set(name, { type, dims, begin, end })
  }
  if (infos.length > 0 && (end > size || size > align(end))) {
    throw new InvalidCheckpointError(file, `its tensors end at byte ${end}, the file has ${size} bytes`)
  }
  return tensors
}
