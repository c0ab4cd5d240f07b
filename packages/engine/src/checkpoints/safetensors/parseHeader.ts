import { InvalidCheckpointError, UnsupportedCheckpointError } from '../errors.ts'
import { type Fields, fieldsOf } from '../fields.ts'
import { parseJson } from '../parseJson.ts'
import { LENGTH_BYTES, SAFETENSORS_BYTES, type SafetensorsInfo, type SafetensorsType } from './dtypes.ts'

export type SafetensorsHeader = {
  readonly tensors: ReadonlyMap<string, SafetensorsInfo>
  readonly metadata: ReadonlyMap<string, string>
}

/** No tensor of a model has more; a hostile header could otherwise make every tensor as slow as it likes. */
const MAX_RANK = 16

/**
 * Parses the JSON header of a safetensors file. The tensors fill the rest of the file without gap or overlap, as the format demands:
 * otherwise bytes that no tensor owns, or two do, could hide in it. `size`: bytes of the whole file.
 */
export function parseHeader(json: Uint8Array, size: number, file: string): SafetensorsHeader {
  const start = LENGTH_BYTES + json.length
  if (json[0] !== 0x7b) throw new InvalidCheckpointError(file, 'its header does not begin with "{"')
  const header = fieldsOf(parseJson(json, file), file)
  const tensors = new Map<string, SafetensorsInfo>()
  for (const name of header.keys) {
    if (name !== '__metadata__') tensors.set(name, readInfo(header.fields(name), start, name, file))
  }
  let end = start
  for (const [name, info] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (info.begin !== end) {
      const what = info.begin < end ? 'shares bytes with another tensor' : 'comes after bytes of no tensor'
      throw new InvalidCheckpointError(file, `the tensor "${name}" ${what}`)
    }
    end = info.end
  }
  if (end !== size) {
    throw new InvalidCheckpointError(file, `its tensors end at byte ${end}, the file has ${size} bytes`)
  }
  return { tensors, metadata: header.has('__metadata__') ? readMetadata(header.fields('__metadata__')) : new Map() }
}

function readInfo(fields: Fields, start: number, name: string, file: string): SafetensorsInfo {
  const type = fields.text('dtype')
  if (!isType(type)) throw new UnsupportedCheckpointError(file, `the element type "${type}" of the tensor "${name}"`)
  const dims = wholes(fields.list('shape'))
  if (!dims || dims.length > MAX_RANK)
    throw new InvalidCheckpointError(file, `the tensor "${name}" has no usable shape`)
  const [begin, end, ...more] = wholes(fields.list('data_offsets')) ?? []
  if (begin === undefined || end === undefined || more.length > 0 || end < begin) {
    throw new InvalidCheckpointError(file, `the tensor "${name}" has no usable data_offsets`)
  }
  // A product past 2^53 rounds, but can't then equal a length that fits a file.
  const length = dims.reduce((product, dim) => product * dim, SAFETENSORS_BYTES[type])
  if (length !== end - begin) {
    throw new InvalidCheckpointError(
      file,
      `the tensor "${name}" is ${dims.join(' × ')} of ${type} in ${end - begin} bytes`,
    )
  }
  return { type, dims, begin: start + begin, end: start + end }
}

function readMetadata(fields: Fields): Map<string, string> {
  return new Map(fields.keys.map((key) => [key, fields.text(key)]))
}

function wholes(list: readonly unknown[]): number[] | undefined {
  const numbers = list.filter((item): item is number => Number.isSafeInteger(item) && Number(item) >= 0)
  return numbers.length === list.length ? numbers : undefined
}

function isType(type: string): type is SafetensorsType {
  return Object.hasOwn(SAFETENSORS_BYTES, type)
}
