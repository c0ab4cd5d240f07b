import { constantFacts } from '../../profile/constantFacts.ts'
import type { Value } from '../../value.ts'
import type { Expression } from '../expression/schema.ts'
import { countOf, LONGEST_LIST } from './constants.ts'
import type { NodeInputs, Translation } from './nodeInputs.ts'

const rankOf = ({ facts }: NodeInputs): number => facts(0).dims.length
const allAxes = ({ facts }: NodeInputs): number[] => [...facts(0).dims.keys()]

const transpose: Translation = (from) => {
  const axes = from.axes(from.attributes.ints('perm', allAxes(from).reverse()), rankOf(from))
  return { op: 'transpose', axes, args: [from.input(0)] }
}

const concat: Translation = (from) => {
  const [axis = 0] = from.axes([from.attributes.int('axis', 0)], rankOf(from))
  const args = joinLists(from.node.inputs.map((_, i) => from.input(i))).map(from.intern)
  return { op: 'concat', axis, parts: args.length, args }
}

/** Whole numbers of rank 1, and lists, that stand next to each other are one list. */
function joinLists(parts: readonly Expression[]): Expression[] {
  const joined: Expression[] = []
  for (const part of parts) {
    const [before, items] = [listed(joined.at(-1)), listed(part)]
    if (before && items && before.length + items.length <= LONGEST_LIST)
      joined.splice(-1, 1, { op: 'list', items: [...before, ...items], args: [] })
    else joined.push(part)
  }
  return joined
}

function listed(part: Expression | undefined): readonly bigint[] | undefined {
  if (part?.op === 'list') return part.items
  return part?.op === 'number' && part.rank === 1 && part.unit === 0 ? [part.m] : undefined
}

const slice: Translation = (from) => {
  const count = from.facts(1).dims[0] ?? 0
  const given = from.has(3) ? from.integers(3) : [...Array(count).keys()]
  const steps = from.has(4) ? from.integers(4) : given.map(() => 1)
  const cuts = from.axes(given, rankOf(from)).map((axis, i) => ({ axis, step: steps[i] ?? 1 }))
  const args = [from.input(0), from.input(1), from.input(2)] as const
  return (cuts.every(({ step }) => step === 1) && sliceOfShape(...args)) || { op: 'slice', cuts, args }
}

/** Some lengths of a shape are the shape of their axes. Undefined for anything else, and where there are none. */
function sliceOfShape(x: Expression, starts: Expression, ends: Expression): Expression | undefined {
  if (x.op !== 'shape' || starts.op !== 'number' || ends.op !== 'number') return undefined
  const length = x.end - x.first
  const [start, end] = [starts.m, ends.m].map((m) => Number(m < 0n ? m + BigInt(length) : m)) as [number, number]
  const [first, last] = [x.first + Math.max(0, start), x.first + Math.min(length, end)]
  return first < last ? { ...x, first, end: last } : undefined
}

const split: Translation = (from, part) => {
  const [axis = 0] = from.axes([from.attributes.int('axis', 0)], rankOf(from))
  const sized = from.has(1)
  const sizes: Expression[] = sized ? [from.input(1)] : []
  // The loader has seen to it that as many parts are made as are named.
  return { op: 'split', axis, parts: from.node.outputs.length, part, sized, args: [from.input(0), ...sizes] }
}

const squeeze: Translation = (from) => {
  const short = from.facts(0).dims.flatMap((length, axis) => (length === 1 ? [axis] : []))
  const axes = from.has(1) ? from.axes(from.integers(1), rankOf(from)) : short
  return { op: 'squeeze', axes, args: [from.input(0)] }
}

const unsqueeze: Translation = (from) => {
  const given = from.integers(1)
  return { op: 'unsqueeze', axes: from.axes(given, rankOf(from) + given.length), args: [from.input(0)] }
}

const pad: Translation = (from) => ({ op: 'pad', axes: allAxes(from), args: [from.input(0), from.input(1)] })

const gather: Translation = (from) => {
  const [axis = 0] = from.axes([from.attributes.int('axis', 0)], rankOf(from))
  return { op: 'gather', axis, args: [from.input(0), from.input(1)] }
}

const resize: Translation = ({ constant, input }) => {
  const [, , down = 1, right = 1] = Array.from<number | bigint, number>(constant(2).known?.data ?? [], Number)
  return { op: 'resize', factors: [down, right], args: [input(0)] }
}

/** Lengths and numbers that follow from them. A `Constant` is always written as one. */
const shape: Translation = (from) => ({ op: 'shape', first: 0, end: rankOf(from), args: [from.input(0)] })
const range: Translation = ({ input }) => ({ op: 'range', args: [input(0), input(1), input(2)] })
const constantOfShape: Translation = ({ attributes, input, refuse }) => {
  const given: Value = attributes.tensor('value') ?? { type: 'f32', dims: [1], data: new Float32Array(1) }
  const { unit } = constantFacts(given) ?? refuse(`fills with ${given.data[0]}`)
  return { op: 'fill', unit, m: countOf(given.data[0] ?? 0, unit), args: [input(0)] }
}

export const MOVING_NODES: Readonly<Record<string, Translation>> = {
  Reshape: ({ input }) => ({ op: 'reshape', args: [input(0), input(1)] }),
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: ({ input }) => ({ op: 'expand', args: [input(0), input(1)] }),
  Pad: pad,
  Gather: gather,
  Resize: resize,
  Shape: shape,
  Range: range,
  ConstantOfShape: constantOfShape,
}
