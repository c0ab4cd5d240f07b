import { InvalidTfjsModelError } from '../errors.ts'
import { sortTopologically } from '../graph/sortTopologically.ts'
import type { Attribute, Constant, Kind, TfGraph, TfInput, TfNode } from '../graph/tfGraph.ts'
import { producerOf } from '../graph/tfGraph.ts'
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from './json.ts'
import { readWeights } from './readWeights.ts'

export type ParseTfjsModelParameters = {
  /** Contents of model.json, parsed. */
  modelJson: unknown
  /** Weight files in the order in which the manifest lists them. */
  shards: readonly Uint8Array[]
  /** Output name to the tensor it shows; without it every node that nobody reads is an output, under its own name. */
  outputs?: Readonly<Record<string, string>>
}

/** Codes of `DataType` in tensorflow/core/framework/types.proto. */
const KINDS: Readonly<Record<string, Kind>> = {
  1: 'float',
  DT_FLOAT: 'float',
  3: 'int',
  DT_INT32: 'int',
  9: 'int',
  DT_INT64: 'int',
  10: 'bool',
  DT_BOOL: 'bool',
}

/**
 * Reads a TensorFlow.js graph model (`tfjs_layers` models are another format). Throws `InvalidTfjsModelError` when the JSON
 * is not such a model, a node reads what no node makes, or weights are missing.
 */
export function parseTfjsModel({ modelJson, shards, outputs }: ParseTfjsModelParameters): TfGraph {
  if (!isObject(modelJson)) throw new InvalidTfjsModelError('model.json is not an object')
  const weights = readWeights(arrayAt(modelJson, 'weightsManifest'), shards)
  const inputs: TfInput[] = []
  const nodes: TfNode[] = []
  const constants = new Map<string, Constant>()
  for (const json of arrayAt(objectAt(modelJson, 'modelTopology'), 'node')) {
    const node = parseNode(json)
    if (node.op === 'Const') constants.set(node.name, weightOf(weights, node.name))
    else if (node.op === 'Placeholder') inputs.push(parseInput(node.name, json as JsonObject))
    else nodes.push(node)
  }
  const graph = { inputs, constants, nodes, outputs: outputsOf(nodes, outputs) }
  return { ...graph, nodes: sortTopologically(graph) }
}

function weightOf(weights: ReadonlyMap<string, Constant>, name: string): Constant {
  const weight = weights.get(name)
  if (!weight) throw new InvalidTfjsModelError(`the manifest has no weight "${name}"`)
  return weight
}

function outputsOf(
  nodes: readonly TfNode[],
  chosen: Readonly<Record<string, string>> | undefined,
): Map<string, string> {
  if (chosen) return new Map(Object.entries(chosen))
  const read = new Set(nodes.flatMap((node) => node.inputs.map(producerOf)))
  return new Map(nodes.filter((node) => !read.has(node.name)).map((node) => [node.name, node.name]))
}

function parseNode(json: unknown): TfNode {
  if (!isObject(json)) throw new InvalidTfjsModelError('a node is not an object')
  const inputs = json.input === undefined ? [] : arrayAt(json, 'input')
  const attributes: Record<string, Attribute> = {}
  for (const [name, value] of Object.entries(json.attr === undefined ? {} : objectAt(json, 'attr'))) {
    const attribute = parseAttribute(value)
    if (attribute !== undefined) attributes[name] = attribute
  }
  return {
    name: stringAt(json, 'name'),
    op: stringAt(json, 'op'),
    // "^name" only orders execution; "name:0" is "name".
    inputs: inputs
      .filter((i): i is string => typeof i === 'string' && !i.startsWith('^'))
      .map((i) => i.replace(/:0$/, '')),
    attributes,
  }
}

/** One `AttrValue` of tensorflow/core/framework/attr_value.proto in its JSON form, or undefined for those never needed. */
function parseAttribute(value: unknown): Attribute | undefined {
  if (!isObject(value)) return undefined
  if (typeof value.b === 'boolean') return value.b
  if (value.i !== undefined) return Number(value.i)
  if (typeof value.f === 'number') return value.f
  if (typeof value.type === 'string' || typeof value.type === 'number') return KINDS[value.type] ?? String(value.type)
  // Bytes: the converter of TensorFlow.js writes them as base64 or, in older versions, as a list of numbers.
  if (typeof value.s === 'string') return Buffer.from(value.s, 'base64').toString()
  if (Array.isArray(value.s)) return Buffer.from(value.s.map(Number)).toString()
  if (isObject(value.list) && Array.isArray(value.list.i)) return value.list.i.map(Number)
  return undefined
}

function parseInput(name: string, json: JsonObject): TfInput {
  const attributes = objectAt(json, 'attr')
  const kind = parseAttribute(attributes.dtype)
  if (kind !== 'float' && kind !== 'int' && kind !== 'bool')
    throw new InvalidTfjsModelError(`input "${name}" has element type ${String(kind)}`)
  const shape = objectAt(objectAt(attributes, 'shape'), 'shape')
  const dims = shape.dim === undefined ? [] : arrayAt(shape, 'dim')
  return { name, kind, dims: dims.map((dim) => (isObject(dim) && Number(dim.size) >= 0 ? Number(dim.size) : null)) }
}
