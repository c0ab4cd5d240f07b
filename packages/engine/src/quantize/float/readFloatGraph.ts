import { evaluate } from '../../exact/reference/evaluate.ts'
import type { Value } from '../../exact/value.ts'
import type { OnnxModel, OnnxNode, OnnxTensor } from '../../onnx/model.ts'
import {
  readArithmetic,
  readClip,
  readFunction,
  readHardSigmoid,
  readHardSwish,
  readPow,
  readRelu,
} from './operators/elementwise.ts'
import {
  readAveragePool,
  readConcat,
  readGlobalAveragePool,
  readIdentity,
  readLayerNorm,
  readMaxPool,
  readMove,
  readReduceMean,
  readResize,
  readSoftmax,
} from './operators/movement.ts'
import { readBatchNorm, readConv, readMatMul } from './operators/products.ts'
import { prune } from './prune.ts'
import { outputOf, Reader, unsupported } from './reader.ts'
import type { FloatGraph } from './step.ts'
import { upgradeNode } from './upgradeNode.ts'

type Reading = (node: OnnxNode, reader: Reader, opset: number) => void

const READINGS: ReadonlyMap<string, Reading> = new Map(
  Object.entries<Reading>({
    Conv: readConv,
    ConvTranspose: readConv,
    MatMul: readMatMul,
    Gemm: readMatMul,
    BatchNormalization: readBatchNorm,
    Add: readArithmetic,
    Sub: readArithmetic,
    Mul: readArithmetic,
    Div: readArithmetic,
    Relu: readRelu,
    Clip: readClip,
    HardSigmoid: readHardSigmoid,
    HardSwish: readHardSwish,
    Pow: readPow,
    ...Object.fromEntries(
      ['Sigmoid', 'Tanh', 'Erf', 'Exp', 'Sqrt', 'Abs', 'Gelu', 'LeakyRelu'].map((op) => [op, readFunction]),
    ),
    MaxPool: readMaxPool,
    AveragePool: readAveragePool,
    GlobalAveragePool: readGlobalAveragePool,
    ReduceMean: readReduceMean,
    Resize: readResize,
    Upsample: readResize,
    Softmax: readSoftmax,
    LayerNormalization: readLayerNorm,
    Concat: readConcat,
    ...Object.fromEntries(
      ['Reshape', 'Transpose', 'Slice', 'Squeeze', 'Unsqueeze', 'Flatten', 'Expand'].map((op) => [op, readMove]),
    ),
    Identity: readIdentity,
    Dropout: readIdentity,
  }),
)

const INTEGER_TYPES = new Set([6, 7])

/**
 * Reads what an ONNX model of operator set 9 to 18 does into steps; only what `outputs` (the model's own where left out) depend on.
 * Throws `UnsupportedOpError` for an operator, or a use of one, that the converter does not know.
 */
export function readFloatGraph(model: OnnxModel, outputs?: readonly string[]): FloatGraph {
  const wanted = outputs ?? model.outputs.map(({ name }) => name)
  const reader = new Reader(model.initializers)
  for (const { name, dims } of model.inputs) reader.setRank(name, dims?.length)
  for (const original of needed(model, wanted)) {
    const upgraded = upgradeNode(original, model.opset, (values) => reader.storeIntegers(values))
    readNode({ ...upgraded, inputs: upgraded.inputs.map((name) => reader.resolve(name)) }, reader, model.opset)
  }
  return {
    inputs: model.inputs,
    outputs: wanted.map((name) => reader.resolve(name)),
    integers: reader.integers,
    steps: prune(reader.steps, wanted),
  }
}

function readNode(node: OnnxNode, reader: Reader, opset: number): void {
  if (node.op === 'Constant') {
    reader.constant(outputOf(node), constantOf(node))
    return
  }
  if (foldIntegers(node, reader)) return
  if (isIntegerWork(node, reader)) {
    reader.addIntegers(node)
    return
  }
  const reading = node.domain === '' ? READINGS.get(node.op) : undefined
  if (!reading) throw unsupported(node, 'the converter does not know it')
  reading(node, reader, opset)
}

function constantOf(node: OnnxNode): OnnxTensor {
  const value = node.attributes.get('value')
  if (value?.kind === 'tensor') return value.value
  const [one] = node.attributes.values()
  if (one?.kind === 'float') return { type: 'f32', dims: [], data: Float32Array.of(one.value) }
  if (one?.kind === 'floats') return { type: 'f32', dims: [one.value.length], data: Float32Array.from(one.value) }
  if (one?.kind === 'int') return { type: 'i64', dims: [], data: BigInt64Array.of(BigInt(one.value)) }
  if (one?.kind === 'ints')
    return { type: 'i64', dims: [one.value.length], data: BigInt64Array.from(one.value, BigInt) }
  throw unsupported(node, 'its value is of a kind that is not read')
}

/** Moves of constants (a transposed weight matrix, a cast length) are done once, here, by the profile's own reference. */
function foldIntegers(node: OnnxNode, reader: Reader): boolean {
  if (node.inputs.length === 0 || node.op in { Add: 0, Sub: 0, Mul: 0, Div: 0, Pow: 0 }) {
    return node.inputs.every((name) => reader.integers.has(name)) && node.inputs.length > 0 && evaluated(node, reader)
  }
  if (!node.inputs.every((name) => name === '' || reader.isConstant(name)) || !MOVES.has(node.op)) return false
  return evaluated(node, reader)
}

const MOVES = new Set(
  'Cast Reshape Transpose Slice Squeeze Unsqueeze Concat Gather Expand Identity Shape ConstantOfShape'.split(' '),
)

function evaluated(node: OnnxNode, reader: Reader): boolean {
  const inputs = node.inputs.map((name): Value | undefined => {
    const reals = reader.realsAt(name)
    if (reals) return { type: 'f64', ...reals }
    const integers = reader.integers.get(name)
    if (integers === undefined || integers.type === 'i64' || integers.type === 'i32') return integers
    throw unsupported(node, `constants of type ${integers.type} are not read`)
  })
  const [value] = evaluate(node, inputs)
  if (value) reader.constant(outputOf(node), value)
  return true
}

/** Whether a node computes with shapes rather than with what flows through the network. */
function isIntegerWork(node: OnnxNode, reader: Reader): boolean {
  if (node.op === 'Shape') return true
  if (node.inputs.length === 0 || !node.inputs.every((name) => name === '' || reader.isInteger(name))) return false
  const to = node.attributes.get('to')
  return node.op !== 'Cast' || (to?.kind === 'int' && INTEGER_TYPES.has(to.value))
}

/** The nodes that the outputs depend on, in their order. */
function needed(model: OnnxModel, outputs: readonly string[]): OnnxNode[] {
  const names = new Set(outputs)
  const nodes = model.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => names.has(name))) return false
    for (const input of node.inputs) names.add(input)
    return true
  })
  return nodes.reverse()
}
