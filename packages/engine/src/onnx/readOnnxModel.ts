import { InvalidOnnxError } from './errors.ts'
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.ts'
import { integersOf, readFields, toInt } from './protoReader.ts'
import { arrayOver, readTensor, typeOfCode } from './readTensor.ts'

const decoder = new TextDecoder()

/**
 * Reads an .onnx file (`ModelProto` of onnx.proto, whose field numbers stand here): one graph with its weights inside, of the
 * operators of ONNX itself or of named domains, without functions or subgraphs. Weights are views into `bytes`. What the model
 * means is not looked at. Throws `InvalidOnnxError`.
 */
export function readOnnxModel(bytes: Uint8Array): OnnxModel {
  const metadata = new Map<string, string>()
  let opset: number | undefined
  let graph: Uint8Array | undefined
  for (const field of readFields(bytes)) {
    if (field.number === 7) graph = field.bytes
    else if (field.number === 8) opset = readOpset(field.bytes) ?? opset
    else if (field.number === 14) metadata.set(...readProperty(field.bytes))
    else if (field.number === 25) throw new InvalidOnnxError('it defines functions of its own')
  }
  if (!graph || opset === undefined) throw new InvalidOnnxError('graph or operator set are missing')
  return { opset, metadata, ...readGraph(graph) }
}

function readGraph(message: Uint8Array): Omit<OnnxModel, 'opset' | 'metadata'> {
  const nodes: OnnxNode[] = []
  const initializers = new Map<string, OnnxTensor>()
  const inputs: OnnxValue[] = []
  const outputs: OnnxValue[] = []
  for (const { number, bytes } of readFields(message)) {
    if (number === 1) nodes.push(readNode(bytes))
    else if (number === 5) {
      const { name, tensor } = readTensor(bytes)
      initializers.set(name, tensor)
    } else if (number === 11) inputs.push(readValue(bytes))
    else if (number === 12) outputs.push(readValue(bytes))
    else if (number === 15) throw new InvalidOnnxError('it has sparse weights')
  }
  // Old files list weights among the inputs as well.
  return { nodes, initializers, outputs, inputs: inputs.filter(({ name }) => !initializers.has(name)) }
}

function readNode(message: Uint8Array): OnnxNode {
  const node = { name: '', op: '', domain: '' }
  const [inputs, outputs]: [string[], string[]] = [[], []]
  const attributes = new Map<string, OnnxAttribute>()
  for (const { number, bytes } of readFields(message)) {
    if (number === 1) inputs.push(decoder.decode(bytes))
    else if (number === 2) outputs.push(decoder.decode(bytes))
    else if (number === 3) node.name = decoder.decode(bytes)
    else if (number === 4) node.op = decoder.decode(bytes)
    else if (number === 7) node.domain = decoder.decode(bytes)
    else if (number === 5) attributes.set(...readAttribute(bytes))
  }
  return { ...node, domain: node.domain === 'ai.onnx' ? '' : node.domain, inputs, outputs, attributes }
}

function readAttribute(message: Uint8Array): [string, OnnxAttribute] {
  const fields = [...readFields(message)]
  const all = (number: number) => fields.filter((field) => field.number === number)
  const name = all(1).map(({ bytes }) => decoder.decode(bytes))[0] ?? ''
  const floats = (number: number) => all(number).flatMap(({ bytes }) => [...arrayOver('f32', bytes)].map(Number))
  const ints = (number: number) => all(number).flatMap((field) => integersOf(field).map(toInt))
  const texts = (number: number) => all(number).map(({ bytes }) => decoder.decode(bytes))
  // Files older than IR version 3 may leave the type out: then what is there tells.
  const type = ints(20)[0] ?? KINDS.findIndex((number) => number !== undefined && all(number).length > 0)
  switch (type) {
    case 1:
      return [name, { kind: 'float', value: floats(2)[0] ?? 0 }]
    case 2:
      return [name, { kind: 'int', value: ints(3)[0] ?? 0 }]
    case 3:
      return [name, { kind: 'text', value: texts(4)[0] ?? '' }]
    case 4: {
      const tensor = all(5)[0]
      if (!tensor) throw new InvalidOnnxError(`the attribute "${name}" holds no tensor`)
      return [name, { kind: 'tensor', value: readTensor(tensor.bytes).tensor }]
    }
    case 6:
      return [name, { kind: 'floats', value: floats(7) }]
    case 7:
      return [name, { kind: 'ints', value: ints(8) }]
    case 8:
      return [name, { kind: 'texts', value: texts(9) }]
    default:
      throw new InvalidOnnxError(`the attribute "${name}" is of type ${type} (subgraphs, sparse tensors and the like)`)
  }
}

/** Field that holds the value of each `AttributeProto.AttributeType`. */
const KINDS = [undefined, 2, 3, 4, 5, undefined, 7, 8, 9]

function readValue(message: Uint8Array): OnnxValue {
  let name = ''
  let type: Uint8Array | undefined
  for (const { number, bytes } of readFields(message)) {
    if (number === 1) name = decoder.decode(bytes)
    else if (number === 2) type = bytes
  }
  const tensor = type && [...readFields(type)].find(({ number }) => number === 1)?.bytes
  if (!tensor) throw new InvalidOnnxError(`"${name}" is no tensor`)
  let element = 0
  let dims: (number | string | null)[] | undefined
  for (const { number, varint, bytes } of readFields(tensor)) {
    if (number === 1) element = toInt(varint)
    else if (number === 2) dims = [...readFields(bytes)].map((dim) => readLength(dim.bytes))
  }
  return { name, type: typeOfCode(element), dims }
}

function readLength(message: Uint8Array): number | string | null {
  for (const { number, varint, bytes } of readFields(message)) {
    if (number === 1) return toInt(varint)
    if (number === 2) return decoder.decode(bytes)
  }
  return null
}

function readOpset(message: Uint8Array): number | undefined {
  let domain = ''
  let version = 0
  for (const { number, varint, bytes } of readFields(message)) {
    if (number === 1) domain = decoder.decode(bytes)
    else if (number === 2) version = toInt(varint)
  }
  return domain === '' || domain === 'ai.onnx' ? version : undefined
}

function readProperty(message: Uint8Array): [string, string] {
  const [key = '', value = ''] = [1, 2].map(
    (wanted) =>
      [...readFields(message)].filter(({ number }) => number === wanted).map(({ bytes }) => decoder.decode(bytes))[0],
  )
  return [key, value]
}
