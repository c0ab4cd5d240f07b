import type { OnnxModel, OnnxNode, OnnxValue } from '../../onnx/model.ts'
import { readOnnxModel } from '../../onnx/readOnnxModel.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { EXACT_TYPES, type ExactType, type Value } from '../value.ts'
import { AT_BINDING, bindGraph, RULES } from './bindGraph.ts'
import { BoundsMemory } from './boundsMemory.ts'
import { constantFacts } from './constantFacts.ts'
import { endDims } from './endDims.ts'
import { InvalidExactModelError } from './errors.ts'
import type { ExactGraph, Lengths } from './exactGraph.ts'
import type { Facts } from './facts.ts'
import { INTEGER_RANGE } from './interval.ts'
import { WeightSums } from './weightSums.ts'

/** Name and version of the profile, as files, cards and offers state it. */
export const EXACT_PROFILE = 'exact/1'
const OPSET = 18

/**
 * Reads a model of the exact profile (specs/exact-inference.md) and proves, for the shortest and the longest inputs that it
 * states, that nothing in it rounds. Throws `InvalidOnnxError` for bytes that are no ONNX file and `InvalidExactModelError`,
 * with the node at fault, for anything outside the profile.
 */
export function loadExactGraph(bytes: Uint8Array): ExactGraph {
  const model = readOnnxModel(bytes)
  const profile = model.metadata.get('stoa.profile')
  if (profile !== EXACT_PROFILE) throw new InvalidExactModelError(`its stoa.profile is ${profile ?? 'not stated'}`)
  if (model.opset !== OPSET) throw new InvalidExactModelError(`its operator set is ${model.opset}, needed is ${OPSET}`)
  for (const node of model.nodes) checkOperator(node)
  checkNames(model)
  checkRoots(model)
  const graph: ExactGraph = {
    // Written anew: a file can be made so that two readers of its encoding see two graphs, and all executors must see the one that was proved.
    ...{
      // Nor what it says of its outputs' lengths: ONNX Runtime takes a Shape's answer from there.
      bytes: writeOnnxModel({ ...model, outputs: model.outputs.map((output) => ({ ...output, dims: undefined })) }),
      model,
      sums: new WeightSums(),
      memory: new BoundsMemory(),
      constants: factsOfInitializers(model),
    },
    ranges: new Map(model.inputs.map((input) => [input.name, rangeOf(model, input)])),
    lengths: lengthsOf(model),
  }
  for (const end of ['min', 'max'] as const) bindGraph(graph, endDims(graph, end))
  return graph
}

function checkOperator(node: OnnxNode): void {
  if (node.domain !== '' || !(node.op in RULES || AT_BINDING.has(node.op)))
    throw new InvalidExactModelError('the operator is not part of the profile', node)
}

/** Every tensor is made once; shadowing would let two readers of the file see two graphs. */
function checkNames({ inputs, initializers, nodes, outputs }: OnnxModel): void {
  const names = [...inputs.map(({ name }) => name), ...initializers.keys(), ...nodes.flatMap((node) => node.outputs)]
  const seen = new Set<string>()
  for (const name of names) {
    if (name === '' || seen.has(name))
      throw new InvalidExactModelError(`the tensor "${name}" is made twice or has no name`)
    seen.add(name)
  }
  if (outputs.length === 0) throw new InvalidExactModelError('it has no output')
  const idle = nodes.find((node) => node.outputs.length === 0)
  if (idle) throw new InvalidExactModelError('it makes nothing', idle)
}

/** A square root is irrational: only Floor reads it. */
function checkRoots({ nodes, outputs }: OnnxModel): void {
  const roots = new Set(nodes.filter(({ op }) => op === 'Sqrt').flatMap((node) => node.outputs))
  const reader = nodes.find((node) => node.op !== 'Floor' && node.inputs.some((name) => roots.has(name)))
  if (reader) throw new InvalidExactModelError('it reads a square root, which only Floor may', reader)
  const shown = outputs.find(({ name }) => roots.has(name))
  if (shown) throw new InvalidExactModelError(`the output "${shown.name}" is a square root; floor it first`)
}

function factsOfInitializers({ initializers }: OnnxModel): Map<string, Facts> {
  return new Map(
    [...initializers].map(([name, tensor]) => {
      const isExact = (EXACT_TYPES as readonly string[]).includes(tensor.type)
      const facts = isExact ? constantFacts(tensor as Value) : undefined
      if (!facts)
        throw new InvalidExactModelError(`the constant "${name}" (${tensor.type}) holds what the profile does not`)
      return [name, facts]
    }),
  )
}

const INPUT_TYPES = ['u8', 'i8', 'i32', 'i64'] as const satisfies ExactType[]

function rangeOf({ metadata }: OnnxModel, { name, type, dims }: OnnxValue): { lo: number; hi: number } {
  const known = INPUT_TYPES.find((allowed) => allowed === type)
  if (!known || !dims) throw new InvalidExactModelError(`the input "${name}" must be an integer of known rank`)
  const [lo, hi] = INTEGER_RANGE[known]
  const stated = metadata.get(`stoa.range.${name}`)
  if (stated === undefined && known !== 'u8' && known !== 'i8')
    throw new InvalidExactModelError(`the range of the input "${name}" is not stated (stoa.range.${name})`)
  if (stated === undefined) return { lo, hi }
  const [least, most] = integersOf(stated, /^(-?\d+)\.\.(-?\d+)$/)
  if (least === undefined || most === undefined || least < lo || most > hi || least > most)
    throw new InvalidExactModelError(`the range "${stated}" of the input "${name}" is none of ${type}`)
  return { lo: least, hi: most }
}

function lengthsOf({ metadata, inputs }: OnnxModel): Map<string, Lengths> {
  const symbols = new Set(inputs.flatMap(({ dims = [] }) => dims.map((dim) => dim ?? '')))
  return new Map(
    [...symbols].flatMap((symbol) => {
      if (typeof symbol === 'number') return []
      const stated = metadata.get(`stoa.dim.${symbol}`) ?? ''
      const [min, max, step] = integersOf(stated, /^(\d+)\.\.(\d+)\/(\d+)$/)
      if (min === undefined || max === undefined || !step || min > max || min % step !== 0 || max % step !== 0)
        throw new InvalidExactModelError(
          `the lengths of "${symbol}" are not stated as min..max/step (stoa.dim.${symbol})`,
        )
      return [[symbol, { min, max, step }] as const]
    }),
  )
}

function integersOf(text: string, pattern: RegExp): number[] {
  const numbers = (pattern.exec(text)?.slice(1) ?? []).map(Number)
  return numbers.every(Number.isSafeInteger) ? numbers : []
}
