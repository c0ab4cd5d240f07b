import {
  ELEMENT_CODE,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './model.ts'
import { ProtoWriter } from './protoWriter.ts'

/** Version of the file format (onnx.proto, `Version`) that came with operator set 18. */
const IR_VERSION = 8

/** The bytes of an .onnx file: `ModelProto` of onnx.proto, whose field numbers stand here. Equal models give equal bytes. */
export function writeOnnxModel(model: OnnxModel): Uint8Array {
  const graph = new ProtoWriter()
  for (const node of model.nodes) graph.message(1, encodeNode(node))
  graph.text(2, 'graph')
  for (const [name, tensor] of model.initializers) graph.message(5, encodeTensor(name, tensor))
  for (const input of model.inputs) graph.message(11, encodeValue(input))
  for (const output of model.outputs) graph.message(12, encodeValue(output))
  const opset = new ProtoWriter().text(1, '').varint(2, model.opset)
  const file = new ProtoWriter().varint(1, IR_VERSION).text(2, 'stoa').message(7, graph).message(8, opset)
  for (const [key, value] of model.metadata) file.message(14, new ProtoWriter().text(1, key).text(2, value))
  return file.finish()
}

function encodeNode({ op, domain, name, inputs, outputs, attributes }: OnnxNode): ProtoWriter {
  const node = new ProtoWriter()
  for (const input of inputs) node.text(1, input)
  for (const output of outputs) node.text(2, output)
  node.text(3, name).text(4, op)
  for (const [key, value] of attributes) node.message(5, encodeAttribute(key, value))
  return domain === '' ? node : node.text(7, domain)
}

function encodeAttribute(name: string, attribute: OnnxAttribute): ProtoWriter {
  const message = new ProtoWriter().text(1, name)
  switch (attribute.kind) {
    case 'float':
      return message.float(2, attribute.value).varint(20, 1)
    case 'int':
      return message.varint(3, attribute.value).varint(20, 2)
    case 'text':
      return message.text(4, attribute.value).varint(20, 3)
    case 'tensor':
      return message.message(5, encodeTensor('', attribute.value)).varint(20, 4)
    case 'floats':
      for (const value of attribute.value) message.float(7, value)
      return message.varint(20, 6)
    case 'ints':
      for (const value of attribute.value) message.varint(8, value)
      return message.varint(20, 7)
    case 'texts':
      for (const value of attribute.value) message.text(9, value)
      return message.varint(20, 8)
  }
}

/** Elements are written raw and little-endian, as onnx.proto asks: the order of every machine that Node runs on. */
function encodeTensor(name: string, { type, dims, data }: OnnxTensor): ProtoWriter {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return new ProtoWriter().packed(1, dims).varint(2, ELEMENT_CODE[type]).text(8, name).bytes(9, raw)
}

function encodeValue({ name, type, dims }: OnnxValue): ProtoWriter {
  const tensor = new ProtoWriter().varint(1, ELEMENT_CODE[type])
  if (dims) {
    const shape = new ProtoWriter()
    for (const dim of dims) shape.message(1, encodeLength(dim))
    tensor.message(2, shape)
  }
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor))
}

function encodeLength(dim: number | string | null): ProtoWriter {
  if (typeof dim === 'number') return new ProtoWriter().varint(1, dim)
  return dim === null ? new ProtoWriter() : new ProtoWriter().text(2, dim)
}
