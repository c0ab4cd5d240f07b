import { InvalidTfjsModelError } from '../errors.ts'
import type { Constant } from '../graph/tfGraph.ts'
import { decodeFloat16 } from './decodeFloat16.ts'
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from './json.ts'

/** Bytes per element as stored: of the quantised form where there is one. */
const STORED_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
}

/**
 * Cuts the weight files into tensors and undoes quantisation: `uint8` and `uint16` hold q with value = q·scale + min
 * (integers rounded), `float16` holds IEEE 754 halves. Each group of the manifest is one run of bytes over its own shards.
 * @param manifest `weightsManifest` of model.json
 */
export function readWeights(manifest: readonly unknown[], shards: readonly Uint8Array[]): Map<string, Constant> {
  const weights = new Map<string, Constant>()
  let shard = 0
  for (const group of manifest) {
    if (!isObject(group)) throw new InvalidTfjsModelError('a group of the weights manifest is not an object')
    const paths = arrayAt(group, 'paths').length
    const bytes = Buffer.concat(shards.slice(shard, shard + paths))
    shard += paths
    let offset = 0
    for (const spec of arrayAt(group, 'weights')) {
      if (!isObject(spec)) throw new InvalidTfjsModelError('a weight of the manifest is not an object')
      const { constant, length } = readWeight(spec, bytes.subarray(offset))
      weights.set(stringAt(spec, 'name'), constant)
      offset += length
    }
    if (offset !== bytes.length)
      throw new InvalidTfjsModelError(
        `the manifest describes ${offset} bytes of weights, the shards have ${bytes.length}`,
      )
  }
  if (shard !== shards.length)
    throw new InvalidTfjsModelError(`the manifest lists ${shard} shards, ${shards.length} were given`)
  return weights
}

function readWeight(spec: JsonObject, rest: Uint8Array): { constant: Constant; length: number } {
  const name = stringAt(spec, 'name')
  const dtype = stringAt(spec, 'dtype')
  const dims = arrayAt(spec, 'shape').map(Number)
  const quantization = spec.quantization === undefined ? undefined : objectAt(spec, 'quantization')
  const stored = quantization ? stringAt(quantization, 'dtype') : dtype
  const width = STORED_BYTES[stored]
  if (width === undefined) throw new InvalidTfjsModelError(`weight "${name}" is stored as ${stored}`)
  const length = dims.reduce((size, dim) => size * dim, width)
  // A copy: typed arrays need their own alignment, shards can lie anywhere.
  const bytes = new Uint8Array(rest.subarray(0, length))
  if (bytes.length !== length) throw new InvalidTfjsModelError(`the shards end inside weight "${name}"`)
  const values = quantization ? dequantise(stored, bytes, quantization) : undefined
  const { buffer } = bytes
  if (dtype === 'float32')
    return { constant: { kind: 'float', dims, data: values ?? new Float32Array(buffer) }, length }
  if (dtype === 'int32') {
    const data = values ? Int32Array.from(values, Math.round) : new Int32Array(buffer)
    return { constant: { kind: 'int', dims, data }, length }
  }
  if (dtype === 'bool' && !values) return { constant: { kind: 'bool', dims, data: bytes }, length }
  throw new InvalidTfjsModelError(`weight "${name}" has element type ${dtype}`)
}

function dequantise(stored: string, bytes: Uint8Array<ArrayBuffer>, quantization: JsonObject): Float32Array {
  if (stored === 'float16') return decodeFloat16(new Uint16Array(bytes.buffer))
  const levels = stored === 'uint8' ? bytes : stored === 'uint16' ? new Uint16Array(bytes.buffer) : undefined
  if (!levels) throw new InvalidTfjsModelError(`weights can't be quantised as ${stored}`)
  const scale = numberAt(quantization, 'scale')
  const min = numberAt(quantization, 'min')
  return Float32Array.from(levels, (level) => level * scale + min)
}
