import type { Constant, Kind } from '../graph/tfGraph.ts'
import { ProtoWriter } from './protoWriter.ts'

/** Operator set of the models written here; every operation keeps its meaning of this version. */
export const OPSET = 18
/** Version of the file format that came with it (onnx.proto, `Version`). */
const IR_VERSION = 8

/** Codes of `TensorProto.DataType`; integers are written as int64, see `Kind`. */
export const DATA_TYPE: Readonly<Record<Kind, number>> = { float: 1, int: 7, bool: 9 }

export type OnnxAttribute = { int: number } | { float: number } | { ints: readonly number[] } | { text: string }

export type OnnxNode = {
  op: string
  name: string
  inputs: readonly string[]
  outputs: readonly string[]
  attributes: Readonly<Record<string, OnnxAttribute>>
}

/** `dims`: null for a length that the caller chooses; `undefined` where even the rank is not stated. */
export type OnnxValue = { name: string; kind: Kind; dims?: readonly (number | null)[] }

export type OnnxModel = {
  nodes: readonly OnnxNode[]
  initializers: ReadonlyMap<string, Constant>
  inputs: readonly OnnxValue[]
  outputs: readonly OnnxValue[]
}

/** The bytes of an .onnx file: `ModelProto` of onnx.proto, whose field numbers stand here. Equal models give equal bytes. */
export function encodeOnnxModel({ nodes, initializers, inputs, outputs }: OnnxModel): Uint8Array {
  const graph = new ProtoWriter()
  for (const node of nodes) graph.message(1, encodeNode(node))
  graph.text(2, 'graph')
  for (const [name, constant] of initializers) graph.message(5, encodeTensor(name, constant))
  for (const input of inputs) graph.message(11, encodeValue(input))
  for (const output of outputs) graph.message(12, encodeValue(output))
  const opset = new ProtoWriter().text(1, '').varint(2, OPSET)
  return new ProtoWriter().varint(1, IR_VERSION).text(2, 'stoa').message(7, graph).message(8, opset).finish()
}

function encodeNode({ op, name, inputs, outputs, attributes }: OnnxNode): ProtoWriter {
  const node = new ProtoWriter()
  for (const input of inputs) node.text(1, input)
  for (const output of outputs) node.text(2, output)
  node.text(3, name).text(4, op)
  for (const [key, value] of Object.entries(attributes)) node.message(5, encodeAttribute(key, value))
  return node
}

function encodeAttribute(name: string, value: OnnxAttribute): ProtoWriter {
  const attribute = new ProtoWriter().text(1, name)
  if ('float' in value) return attribute.float(2, value.float).varint(20, 1)
  if ('int' in value) return attribute.varint(3, value.int).varint(20, 2)
  if ('text' in value) return attribute.text(4, value.text).varint(20, 3)
  for (const int of value.ints) attribute.varint(8, int)
  return attribute.varint(20, 7)
}

function encodeTensor(name: string, { kind, dims, data }: Constant): ProtoWriter {
  return new ProtoWriter().packed(1, dims).varint(2, DATA_TYPE[kind]).text(8, name).bytes(9, rawBytes(data))
}

/** Little-endian, as onnx.proto asks: that of every machine that Node runs on. */
function rawBytes(data: Constant['data']): Uint8Array {
  const wide = data instanceof Int32Array ? BigInt64Array.from(data, BigInt) : data
  return new Uint8Array(wide.buffer, wide.byteOffset, wide.byteLength)
}

function encodeValue({ name, kind, dims }: OnnxValue): ProtoWriter {
  const tensor = new ProtoWriter().varint(1, DATA_TYPE[kind])
  if (dims) {
    const shape = new ProtoWriter()
    for (const [axis, dim] of dims.entries())
      shape.message(1, dim === null ? new ProtoWriter().text(2, `${name}_${axis}`) : new ProtoWriter().varint(1, dim))
    tensor.message(2, shape)
  }
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor))
}
