import type { OnnxNode } from '../../onnx/model.ts'
import { type BoundGraph, bindGraph, type ExactGraph, endDims } from '../profile/index.ts'
import { elementsOf } from '../value.ts'
import { encodeSmallModel } from './encodeSmallModel.ts'
import { NotSmallModelError } from './errors.ts'
import { clipped, type Layer, rescaled } from './layer.ts'

/** What a tensor of the graph is: the input (no layers), what a layer gives, or the place of the largest of it. */
type Flow = {
  readonly layers: readonly Layer[]
  /** `sum`: more may be added and multiplied. `clipped`: only rounded. `whole`: read by the next layer. `best`: an ArgMax. */
  readonly kind: 'sum' | 'clipped' | 'whole' | 'best'
}

/** A node, what it reads first besides constants, and its constants as numbers. */
type Step = {
  readonly node: OnnxNode
  readonly flow: Flow
  readonly graph: BoundGraph
  /** Numbers of the constant that stands at this place of the inputs. */
  readonly constant: (place: number) => readonly number[] | undefined
  readonly refuse: (why: string) => NotSmallModelError
}

/**
 * Compiles an exact graph to the bytes that the contract `SmallModels` computes in one call (specs/on-chain-models.md): one input of bytes, dense layers, and
 * as outputs the last layer's scores, their `ArgMax`, or both. The contract's answer is that of the graph's executors, to the bit. Throws
 * `NotSmallModelError`, with the node that does not fit.
 */
export function compileSmallModel(exact: ExactGraph): Uint8Array {
  const { name, length } = inputOf(exact)
  const graph = bindGraph(exact, endDims(exact, 'min'))
  const flows = new Map<string, Flow>([[name, { layers: [], kind: 'whole' }]])
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs
    flows.set(output, follow(graph, flows, node, length))
  }
  const models = graph.outputs.map((output) => encodeSmallModel(flows.get(output)?.layers ?? []))
  const [model, ...others] = models
  if (!model || others.some((other) => Buffer.compare(model, other) !== 0))
    throw new NotSmallModelError('its outputs are not the scores of one last layer and their ArgMax')
  return model
}

function inputOf({ model, ranges }: ExactGraph): { name: string; length: number } {
  const [input, second] = model.inputs
  const dims = input?.dims?.map((dim) => (typeof dim === 'number' ? dim : 0)) ?? []
  const length = elementsOf(dims)
  if (!input || second || input.type !== 'u8' || dims.length === 0 || length < 1)
    throw new NotSmallModelError('it must have one input, of type u8, whose lengths are fixed')
  const range = ranges.get(input.name)
  if (range?.lo !== 0 || range.hi !== 255)
    throw new NotSmallModelError(`its input "${input.name}" must take every byte, from 0 to 255`)
  return { name: input.name, length }
}

function follow(graph: BoundGraph, flows: ReadonlyMap<string, Flow>, node: OnnxNode, length: number): Flow {
  const refuse = (why: string) => new NotSmallModelError(why, node)
  const read = node.inputs.flatMap((name) => flows.get(name) ?? [])
  const [flow, second] = read
  if (!flow || second) throw refuse('it reads two tensors that depend on the input')
  const operator = OPERATORS[node.op]
  if (!operator) throw refuse('the operator is not one of a small model')
  const constant = (place: number) => {
    const value = graph.constants.get(node.inputs[place] ?? '')
    return value && Array.from<number | bigint, number>(value.data, Number)
  }
  const made = operator({ node, flow, graph, constant, refuse })
  const elements = elementsOf(dimsOf(graph, node.outputs[0]))
  if (elements !== (made.kind === 'best' ? 1 : (made.layers.at(-1)?.outputs ?? length)))
    throw refuse('it makes another number of elements than the layer has')
  return made
}

const dimsOf = (graph: BoundGraph, name = ''): readonly number[] => graph.facts.get(name)?.dims ?? []

/** A flow whose last layer is another. */
function changed(flow: Flow, change: (layer: Layer) => Layer, kind: Flow['kind'] = flow.kind): Flow {
  const last = flow.layers.at(-1)
  return last ? { layers: [...flow.layers.slice(0, -1), change(last)], kind } : flow
}

const same = ({ flow }: Step): Flow => flow

function cast({ flow, node, graph, refuse }: Step): Flow {
  if (graph.facts.get(node.outputs[0] ?? '')?.type === 'bool') throw refuse('it makes truth values')
  return flow
}

/** A dense layer. The contract keeps a byte of each number that it reads. */
function product(step: Step): Flow {
  const { node, flow, graph, constant, refuse } = step
  const [left = '', right = ''] = node.inputs
  const weights = constant(1)
  const [inputs = 0, outputs = 0] = dimsOf(graph, right)
  const dims = dimsOf(graph, left)
  if (flow.kind === 'best') throw refuse('it reads which score is best')
  if (!weights || dimsOf(graph, right).length !== 2) throw refuse('its right operand must be a constant of rank 2')
  if (dims.at(-1) !== elementsOf(dims)) throw refuse('its left operand must be one row')
  const layers = flow.layers.length === 0 ? flow.layers : [...flow.layers.slice(0, -1), bytesOf(step)]
  const zero = node.op === 'MatMulInteger' ? zeroPoints(step) : 0
  const layer = {
    inputs,
    outputs,
    weights: Float64Array.from(weights, (weight) => weight - zero),
    bias: new Float64Array(outputs),
    lo: -Infinity,
    hi: Infinity,
  }
  return { layers: [...layers, layer], kind: 'sum' }
}

/** The layer that a product reads, within bounds of bytes: its own, or those that the loader proved. */
function bytesOf({ flow, node, graph, refuse }: Step): Layer {
  const { lo = -Infinity, hi = Infinity } = graph.facts.get(node.inputs[0] ?? '') ?? {}
  const last = flow.layers.at(-1)
  if (!last || lo < 0 || hi > 255) throw refuse('what another layer reads must be clipped to 0 to 255')
  return clipped(last, lo, hi)
}

function zeroPoints({ constant, refuse }: Step): number {
  const [left = [0], right = [0]] = [constant(2), constant(3)]
  if (left.some((zero) => zero !== 0)) throw refuse('the zero point of its left operand must be 0')
  return right[0] ?? 0
}

/** Adds, subtracts or multiplies by constants, one for all outputs or one for each. */
function affine({ node, flow, constant, refuse }: Step): Flow {
  const [left, right] = [constant(0), constant(1)]
  const numbers = left ?? right
  if (flow.layers.length === 0 || flow.kind !== 'sum')
    throw refuse('only a sum of products is added to or multiplied, before it is clipped and rounded')
  if (!numbers || (node.op === 'Sub' && left)) throw refuse('only a constant is added, subtracted or multiplied by')
  const number = (j: number) => (numbers.length === 1 ? numbers[0] : numbers[j]) ?? 0
  return changed(flow, (layer) => {
    if (node.op === 'Mul') return rescaled(layer, number, () => 0)
    const sign = node.op === 'Sub' ? -1 : 1
    return rescaled(
      layer,
      () => 1,
      (j) => sign * number(j),
    )
  })
}

/** Bounds are whole numbers, so that it is all one whether a number is rounded before it is clipped, as the contract does, or after. */
function clip({ node, flow, constant, refuse }: Step): Flow {
  const [lo, hi] = node.op === 'Relu' ? [0, Infinity] : [constant(1)?.[0], constant(2)?.[0]]
  if (
    lo === undefined ||
    hi === undefined ||
    lo > hi ||
    !(Number.isInteger(lo) && (hi === Infinity || Number.isInteger(hi)))
  )
    throw refuse('its bounds must be whole numbers, the lower one first')
  if (flow.layers.length === 0 || flow.kind === 'best') throw refuse('only what a layer gives is clipped')
  return changed(flow, (layer) => clipped(layer, lo, hi), flow.kind === 'whole' ? 'whole' : 'clipped')
}

const round = ({ flow }: Step): Flow => (flow.kind === 'best' ? flow : { ...flow, kind: 'whole' })

function best({ flow, node, graph, refuse }: Step): Flow {
  const [output] = node.outputs
  if (flow.layers.length === 0 || flow.kind === 'best' || elementsOf(dimsOf(graph, output)) !== 1)
    throw refuse('it must choose among all the scores of a layer')
  return { ...flow, kind: 'best' }
}

/** Operators that a small model may have. The loader has proved all else that the profile asks of them. */
const OPERATORS: Readonly<Record<string, (step: Step) => Flow>> = {
  MatMul: product,
  MatMulInteger: product,
  Add: affine,
  Sub: affine,
  Mul: affine,
  Clip: clip,
  Relu: clip,
  Round: round,
  ArgMax: best,
  Cast: cast,
  Identity: same,
  Reshape: same,
  Squeeze: same,
  Unsqueeze: same,
}
