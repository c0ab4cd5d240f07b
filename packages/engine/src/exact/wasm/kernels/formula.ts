import type { ExactType } from '../../value.ts'
import { f32x4, f64x2, i32, i32x4, i64, i64x2, type V128, v128 } from '../emit/expr.ts'
import type { FunctionBuilder, Local } from '../emit/functionBuilder.ts'
import { castLanes, hold, type Lanes, lookUp, lowHalves, narrow, swapHalves, toI32 } from './lanes.ts'

/**
 * A chain of elementwise operators, done element by element without going back to memory. Operand i is `leaf` i of the kernel or the
 * result of an earlier operation.
 */
export type Operand = { readonly leaf: number } | { readonly step: number }
export type Operation = {
  readonly op: string
  readonly operands: readonly Operand[]
  /** Of the result. */
  readonly type: ExactType
  /** Which leaf is the table, of a `Gather`. */
  readonly table?: { readonly leaf: number; readonly type: ExactType }
}
export type Formula = readonly Operation[]

export const formulaKey = (formula: Formula): string =>
  formula
    .map(({ op, operands, type, table }) => {
      const names = operands.map((operand) => ('leaf' in operand ? `l${operand.leaf}` : `s${operand.step}`))
      return `${op}(${table ? `t${table.leaf}${table.type},` : ''}${names.join()})${type}`
    })
    .join(';')

/** Tables by leaf: address, and number of elements. */
export type Tables = ReadonlyMap<number, { readonly address: Local<'i32'>; readonly length: Local<'i32'> }>

/** Computes the last operation's result. `leaves` are held in variables; `tables` are addresses, by leaf. */
export function applyFormula(
  f: FunctionBuilder,
  formula: Formula,
  leaves: readonly (Lanes | undefined)[],
  tables: Tables,
): Lanes {
  const results: Lanes[] = []
  for (const { op, operands, type, table } of formula) {
    const values = operands.map((operand) => {
      const lanes = 'leaf' in operand ? leaves[operand.leaf] : results[operand.step]
      if (!lanes) throw new RangeError(`${op} has an operand that is not there`)
      return lanes
    })
    results.push(hold(f, table ? gather(f, values, table, tables) : operate(op, values, type)))
  }
  const last = results.at(-1)
  if (!last) throw new RangeError('a formula without operations')
  return last
}

function gather(
  f: FunctionBuilder,
  [index]: readonly Lanes[],
  { leaf, type }: NonNullable<Operation['table']>,
  tables: Tables,
): Lanes {
  const table = tables.get(leaf)
  if (!table || !index) throw new RangeError('Gather needs a table and an index')
  // Lanes past a tensor's end hold anything, and a read outside the memory would trap.
  return lookUp(type, table.address, f.let(i32x4.minU(toI32(index), i32x4.splat(i32.sub(table.length, 1)))))
}

type Binary = (a: V128, b: V128) => V128
type Unary = (a: V128) => V128
/** Instructions of one lane type; i64 has some of its own making. */
type Arithmetic = {
  add: Binary
  sub: Binary
  mul: Binary
  min: Binary
  max: Binary
  equal: Binary
  less: Binary
  floor: Unary
  round: Unary
}

const same: Unary = (a) => a
const ARITHMETIC: Readonly<Record<'f32' | 'f64' | 'i32' | 'i64', Arithmetic>> = {
  f32: {
    add: f32x4.add,
    sub: f32x4.sub,
    mul: f32x4.mul,
    min: f32x4.pmin,
    max: f32x4.pmax,
    equal: f32x4.eq,
    less: f32x4.lt,
    floor: f32x4.floor,
    round: f32x4.nearest,
  },
  f64: {
    add: f64x2.add,
    sub: f64x2.sub,
    mul: f64x2.mul,
    min: f64x2.pmin,
    max: f64x2.pmax,
    equal: f64x2.eq,
    less: f64x2.lt,
    floor: f64x2.floor,
    round: f64x2.nearest,
  },
  i32: {
    add: i32x4.add,
    sub: i32x4.sub,
    mul: i32x4.mul,
    min: i32x4.minS,
    max: i32x4.maxS,
    equal: i32x4.eq,
    less: i32x4.ltS,
    floor: same,
    round: same,
  },
  i64: {
    add: i64x2.add,
    sub: i64x2.sub,
    mul: i64x2.mul,
    min: (a, b) => v128.bitselect(a, b, i64x2.ltS(a, b)),
    max: (a, b) => v128.bitselect(a, b, i64x2.gtS(a, b)),
    equal: i64x2.eq,
    less: i64x2.ltS,
    floor: same,
    round: same,
  },
}

export const arithmetic = (type: ExactType): Arithmetic =>
  ARITHMETIC[type === 'f32' || type === 'f64' || type === 'i64' ? type : 'i32']

function operate(op: string, values: readonly Lanes[], type: ExactType): Lanes {
  const [a, b, c, d] = values
  if (!a) throw new RangeError(`${op} without operands`)
  const ops = arithmetic(a.type)
  const unary = (apply: Unary): Lanes => ({ type, parts: a.parts.map(apply) })
  const pairwise = (x: Lanes, apply: Binary, y: Lanes | undefined): readonly V128[] => {
    if (!y) throw new RangeError(`${op} lacks an operand`)
    return x.parts.map((part, index) => apply(part, y.parts[index] ?? part))
  }
  const binary = (apply: Binary): Lanes => ({ type, parts: pairwise(a, apply, b) })
  switch (op) {
    case 'Add':
      return binary(ops.add)
    case 'Sub':
      return binary(ops.sub)
    case 'Mul':
      return binary(ops.mul)
    case 'Max':
      return binary(ops.max)
    case 'Min':
      return binary(ops.min)
    case 'Div':
      return binary(a.type === 'i64' ? divideI64 : divideI32)
    case 'Floor':
      return unary(ops.floor)
    case 'Round':
      return unary(ops.round)
    case 'Sqrt':
      return unary(f64x2.sqrt)
    case 'Relu':
      return unary((part) => ops.max(part, v128.zero()))
    case 'Clip':
      return { type, parts: pairwise({ type, parts: pairwise(a, ops.max, b) }, ops.min, c) }
    case 'HardSigmoid': {
      // Operands: x, alpha, beta, one.
      const line = { type, parts: pairwise({ type, parts: pairwise(a, ops.mul, b) }, ops.add, c) }
      return { type, parts: pairwise(line, ops.min, d).map((part) => ops.max(part, v128.zero())) }
    }
    case 'Equal':
      return masks(pairwise(a, ops.equal, b))
    case 'Less':
      return masks(pairwise(a, ops.less, b))
    case 'Greater':
      return masks(pairwise(a, (x, y) => ops.less(y, x), b))
    case 'Not':
      return unary(v128.not)
    case 'And':
      return binary(v128.and)
    case 'Or':
      return binary(v128.or)
    case 'Where':
      return choose(a, b, c)
    case 'Cast':
      return castLanes(a, type)
    default:
      throw new RangeError(`no elementwise operator ${op}`)
  }
}

const masks = ([low, high]: readonly V128[]): Lanes => {
  if (!low) throw new RangeError('no lanes')
  return { type: 'bool', parts: [high ? narrow(low, high) : low] }
}

function choose(condition: Lanes, yes: Lanes | undefined, no: Lanes | undefined): Lanes {
  const [mask] = condition.parts
  if (!mask || !yes || !no) throw new RangeError('Where needs three operands')
  const wide = yes.parts.length === 2
  const maskOf = (index: number) =>
    wide ? (index === 0 ? i64x2.extendLowI32x4S(mask) : i64x2.extendHighI32x4S(mask)) : mask
  return {
    type: yes.type,
    parts: yes.parts.map((part, index) => v128.bitselect(part, no.parts[index] ?? part, maskOf(index))),
  }
}

/**
 * ⌊a / b⌋ for 0 ≤ a, 1 ≤ b below 2^31, in double precision: the quotient's error, at most q · 2^−53, is less than its distance 1/b ≥ q ·
 * 2^−31 from the integer above, so it is never rounded up to that.
 */
function divideI32(a: V128, b: V128): V128 {
  const half = (x: V128, y: V128) =>
    i32x4.truncSatF64x2SZero(f64x2.div(f64x2.convertLowI32x4S(x), f64x2.convertLowI32x4S(y)))
  return lowHalves(half(a, b), half(swapHalves(a), swapHalves(b)))
}

/** Lanes past a tensor's end hold anything, and a division by 0 would trap. */
const divideI64 = (a: V128, b: V128): V128 => {
  const divisor = ARITHMETIC.i64.max(b, i64x2.extendLowI32x4S(i32x4.splat(1)))
  const lane = (index: number) => i64.divS(i64x2.extractLane(a, index), i64x2.extractLane(divisor, index))
  return i64x2.replaceLane(i64x2.splat(lane(0)), 1, lane(1))
}
