import { writeFile } from 'node:fs/promises'
import { GGML_TYPES } from '../gguf/ggmlTypes.ts'
import { VALUE_TYPES, type ValueType } from '../gguf/readValue.ts'

/** A value with its type, as GGUF stores it; lists are of one type. */
export type TypedValue =
  | readonly [type: Exclude<ValueType, 'list'>, value: number | bigint | boolean | string]
  | readonly ['list', of: ValueType, values: readonly TypedValue[]]

export type GgufTensorToWrite = {
  name: string
  /** Id of the type in `GGML_TYPES`. */
  type: number
  /** Rows, columns. */
  dims: readonly number[]
  data: Uint8Array
}

export type WriteGgufParameters = {
  metadata: Readonly<Record<string, TypedValue>>
  tensors: readonly GgufTensorToWrite[]
  alignment?: number
  version?: number
}

/** Bytes of a GGUF file. Checks nothing, so that tests can write files that lie. */
export function ggufBytes({ metadata, tensors, alignment = 32, version = 3 }: WriteGgufParameters): Buffer {
  const head: Buffer[] = [Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(Object.keys(metadata).length)]
  for (const [key, value] of Object.entries(metadata)) head.push(text(key), typed(value))
  const data: Buffer[] = []
  let offset = 0
  for (const { name, type, dims, data: bytes } of tensors) {
    head.push(text(name), u32(dims.length), ...dims.toReversed().map(u64), u32(type), u64(offset))
    const padding = -bytes.length & (alignment - 1)
    data.push(Buffer.from(bytes), Buffer.alloc(padding))
    offset += bytes.length + padding
  }
  const header = Buffer.concat(head)
  return Buffer.concat([header, Buffer.alloc(-header.length & (alignment - 1)), ...data])
}

/** Metadata as a reader gives it. */
export function metadataOf(metadata: Readonly<Record<string, TypedValue>>): Map<string, unknown> {
  const contentOf = (value: TypedValue): unknown => (value[0] === 'list' ? value[2].map(contentOf) : value[1])
  return new Map(Object.entries(metadata).map(([key, value]) => [key, contentOf(value)]))
}

export async function writeGguf(path: string, parameters: WriteGgufParameters): Promise<void> {
  await writeFile(path, ggufBytes(parameters))
}

/** Bytes that a tensor of a type has. */
export function ggmlBytes(type: number, elements: number): number {
  const found = GGML_TYPES.get(type)
  return found ? (elements / found.elements) * found.bytes : 0
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.length), bytes])
}

function typed(value: TypedValue): Buffer {
  return Buffer.concat([u32(VALUE_TYPES.indexOf(value[0])), plain(value)])
}

function plain(value: TypedValue): Buffer {
  if (value[0] === 'list') {
    return Buffer.concat([u32(VALUE_TYPES.indexOf(value[1])), u64(value[2].length), ...value[2].map(plain)])
  }
  const [type, content] = value
  if (type === 'text') return text(String(content))
  if (type === 'bool') return Buffer.of(content ? 1 : 0)
  const view = new DataView(new ArrayBuffer(8))
  switch (type) {
    case 'u8':
      view.setUint8(0, Number(content))
      return Buffer.from(view.buffer, 0, 1)
    case 'i8':
      view.setInt8(0, Number(content))
      return Buffer.from(view.buffer, 0, 1)
    case 'u16':
      view.setUint16(0, Number(content), true)
      return Buffer.from(view.buffer, 0, 2)
    case 'i16':
      view.setInt16(0, Number(content), true)
      return Buffer.from(view.buffer, 0, 2)
    case 'u32':
      view.setUint32(0, Number(content), true)
      return Buffer.from(view.buffer, 0, 4)
    case 'i32':
      view.setInt32(0, Number(content), true)
      return Buffer.from(view.buffer, 0, 4)
    case 'f32':
      view.setFloat32(0, Number(content), true)
      return Buffer.from(view.buffer, 0, 4)
    case 'u64':
      view.setBigUint64(0, BigInt(content), true)
      return Buffer.from(view.buffer)
    case 'i64':
      view.setBigInt64(0, BigInt(content), true)
      return Buffer.from(view.buffer)
    case 'f64':
      view.setFloat64(0, Number(content), true)
      return Buffer.from(view.buffer)
  }
}
