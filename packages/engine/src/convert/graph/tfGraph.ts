import { InvalidTfjsModelError, UnsupportedOpError } from '../errors.ts'

/**
 * What a tensor holds. TensorFlow.js keeps every integer as int32, ONNX wants int64 for shapes and indices: between reading
 * and writing there is one kind of integer, written as int64.
 */
export type Kind = 'float' | 'int' | 'bool'

/** A tensor known before the model runs, row-major. Booleans are 0 and 1. */
export type Constant = { kind: Kind; dims: readonly number[]; data: Float32Array | Int32Array | Uint8Array }

export type Attribute = number | boolean | string | readonly number[]

/** `inputs` name tensors: `node` is the first output of that node, `node:1` the second. */
export type TfNode = {
  name: string
  op: string
  inputs: readonly string[]
  attributes: Readonly<Record<string, Attribute>>
}

/** `dims` of an input: null where any length is accepted. */
export type TfInput = { name: string; kind: Kind; dims: readonly (number | null)[] }

/** A TensorFlow graph without control flow. `nodes` are in an order in which each comes after what it reads. */
export type TfGraph = {
  inputs: readonly TfInput[]
  nodes: readonly TfNode[]
  constants: ReadonlyMap<string, Constant>
  /** Output name to the tensor it shows. */
  outputs: ReadonlyMap<string, string>
}

/** Attribute of a Reshape whose target follows ONNX's default: 0 stands for the input's length of that axis. */
export const ZERO_COPIES = 'zero_copies'

/** Name of the node that makes `tensor`. */
export function producerOf(tensor: string): string {
  const colon = tensor.lastIndexOf(':')
  return colon > 0 && /^\d+$/.test(tensor.slice(colon + 1)) ? tensor.slice(0, colon) : tensor
}

/** Input `index` of `node`; throws when the node has fewer. */
export function inputOf(node: TfNode, index: number): string {
  const tensor = node.inputs[index]
  if (tensor === undefined) throw new InvalidTfjsModelError(`node "${node.name}" (${node.op}) lacks input ${index}`)
  return tensor
}

/** The integers of constant input `index` of `node`; throws when they are only known while the model runs. */
export function constantInts(graph: TfGraph, node: TfNode, index: number): readonly number[] {
  const constant = graph.constants.get(inputOf(node, index))
  if (constant?.kind !== 'int')
    throw new UnsupportedOpError({ node: node.name, op: node.op, why: `input ${index} must be constant integers` })
  return [...constant.data]
}

/** The only integer of constant input `index`. */
export function constantInt(graph: TfGraph, node: TfNode, index: number): number {
  const [value, ...more] = constantInts(graph, node, index)
  if (value === undefined || more.length > 0)
    throw new UnsupportedOpError({ node: node.name, op: node.op, why: `input ${index} must be one integer` })
  return value
}

export function intAttribute(node: TfNode, name: string, fallback: number): number {
  const value = node.attributes[name]
  return typeof value === 'number' ? value : fallback
}

export function flag(node: TfNode, name: string): boolean {
  return node.attributes[name] === true
}

export function intsAttribute(node: TfNode, name: string): readonly number[] {
  const value = node.attributes[name]
  return Array.isArray(value) ? value : []
}

export function textAttribute(node: TfNode, name: string): string | undefined {
  const value = node.attributes[name]
  return typeof value === 'string' ? value : undefined
}
