import { type Expr, i32, type V128, v128 } from '../emit/expr.ts'
import type { FunctionBuilder, Local } from '../emit/functionBuilder.ts'
import { type Epilogue, epilogueKey, epilogueWords, finishLanes } from './epilogue.ts'
import { arithmetic } from './formula.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'
import { ELEMENT_BYTES, LANES, type Lanes, loadLanes, splatLanes, swapHalves } from './lanes.ts'

export type ReduceType = 'f32' | 'f64' | 'i32' | 'i64'
export type ReduceKernel = {
  readonly op: 'ReduceSum' | 'ReduceMax' | 'ReduceMin'
  readonly type: ReduceType
  /** Whether the reduced elements are neighbours (`inner` is 1); otherwise `inner` sums are. */
  readonly along: boolean
  readonly epilogue: Epilogue
}

/**
 * Sum, maximum or minimum over the middle of [outer, length, inner]. Unit: one result where the reduced elements are neighbours, else four
 * of one outer index, of which there are `blocks`.
 */
export function reduceKernel(spec: ReduceKernel): Kernel {
  return {
    key: `${spec.op} ${spec.type} ${spec.along} ${epilogueKey(spec.epilogue)}`,
    words: ['input', 'out', 'length', 'inner', 'blocks', ...epilogueWords(spec.epilogue)],
    build: (body) => (spec.along ? buildAlong(body, spec) : buildAcross(body, spec)),
  }
}

const operationOf = ({ op, type }: ReduceKernel) => {
  const { add, max, min } = arithmetic(type)
  return op === 'ReduceSum' ? add : op === 'ReduceMax' ? max : min
}

/** Variables that begin at nothing for a sum, and at an element, which may count twice, for the others. */
const begin = (f: FunctionBuilder, { op, type }: ReduceKernel, address: Local<'i32'>): Local<'v128'>[] =>
  splatLanes(type, address).parts.map((part) => f.let(op === 'ReduceSum' ? v128.zero() : part))

function combine(
  f: FunctionBuilder,
  apply: (a: V128, b: V128) => V128,
  into: readonly Local<'v128'>[],
  more: Lanes,
): void {
  for (const [index, part] of more.parts.entries()) {
    const target = into[index]
    if (target) f.set(target, apply(target, part))
  }
}

function buildAlong(body: KernelBody, spec: ReduceKernel): void {
  const { f, word } = body
  const { type } = spec
  const bytes = ELEMENT_BYTES[type]
  const apply = operationOf(spec)
  const unit = f.local('i32')
  f.for(unit, body.begin, body.end, 1, () => {
    const at = f.let(mulAdd(word('input'), i32.mul(unit, word('length')), bytes))
    const left = f.let(word('length'))
    const sums = begin(f, spec, at)
    f.while(i32.geS(left, LANES), () => {
      combine(f, apply, sums, loadLanes(type, at))
      f.add(at, LANES * bytes)
      f.add(left, -LANES)
    })
    const total = f.let(acrossLanes(f, apply, type, sums))
    f.while(left, () => {
      f.set(total, apply(total, splatLanes(type, at).parts[0] ?? total))
      f.add(at, bytes)
      f.add(left, -1)
    })
    const self: Lanes = { type, parts: sums.map(() => total) }
    finishLanes(body, spec.epilogue, self, word('out'), {
      element: unit,
      channel: i32.const(0),
      count: f.let(i32.const(1)),
    })
  })
}

/** One vector with the result of all lanes in each of its lanes. */
function acrossLanes(
  f: FunctionBuilder,
  apply: (a: V128, b: V128) => V128,
  type: ReduceType,
  [low, high]: readonly V128[],
): V128 {
  if (!low) throw new RangeError('no lanes')
  const two = f.let(high ? apply(low, high) : apply(low, swapHalves(low)))
  if (type === 'f64' || type === 'i64') return apply(two, swapHalves(two))
  return apply(two, v128.shuffle(two, two, [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]))
}

function buildAcross(body: KernelBody, spec: ReduceKernel): void {
  const { f, word } = body
  const { type } = spec
  const bytes = ELEMENT_BYTES[type]
  const unit = f.local('i32')
  f.for(unit, body.begin, body.end, 1, () => {
    const outer = f.let(i32.divU(unit, word('blocks')))
    const first = f.let(i32.mul(i32.remU(unit, word('blocks')), LANES))
    const row: Expr<'i32'> = i32.mul(i32.mul(outer, word('length')), word('inner'))
    const at = f.let(mulAdd(word('input'), i32.add(row, first), bytes))
    const sums = spec.op === 'ReduceSum' ? begin(f, spec, at) : loadLanes(type, at).parts.map((part) => f.let(part))
    const left = f.let(word('length'))
    f.while(left, () => {
      combine(f, operationOf(spec), sums, loadLanes(type, at))
      f.set(at, mulAdd(at, word('inner'), bytes))
      f.add(left, -1)
    })
    const count = f.let(i32.sub(word('inner'), first))
    const element = mulAdd(first, outer, word('inner'))
    finishLanes(body, spec.epilogue, { type, parts: sums }, word('out'), { element, channel: first, count })
  })
}
