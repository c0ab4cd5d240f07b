import { InvalidFormulaError } from '../errors.ts'
import type { Expression, Op } from '../expression/schema.ts'
import type { Reader } from '../types.ts'

/** A number m · 2^u. */
export type Scaled = { readonly m: bigint; readonly u: number }

/** Coordinates or lengths, axes in the order of the graph. */
export type Axes = readonly number[]

/** One formula computed on what one reader shows. */
export type Computation = {
  readonly reader: Reader
  readonly shape: (node: Expression) => Axes
  readonly value: (node: Expression, at: Axes) => Scaled
  /** Last states of folds, where they are given; the others are computed where they are met. */
  readonly folded: ReadonlyMap<Expression, bigint>
}

/** What an operator makes of its operands: a shape, and any one element. */
export type Operator<E> = {
  readonly shape: (node: E, of: Computation) => Axes
  readonly value: (node: E, at: Axes, of: Computation) => Scaled
}

export type OperatorsOf<K extends Op> = { readonly [P in K]: Operator<Extract<Expression, { readonly op: P }>> }

export const whole = (m: bigint | number): Scaled => ({ m: BigInt(m), u: 0 })

/** The integer that a number is; throws `InvalidFormulaError` if it is none. */
export function integerOf({ m, u }: Scaled): bigint {
  if (u >= 0) return m << BigInt(u)
  const integer = m >> BigInt(-u)
  if (integer << BigInt(-u) !== m) throw new InvalidFormulaError(`${m} · 2^${u} where an integer was expected`)
  return integer
}

export function operand({ op, args }: Expression, index: number): Expression {
  const node = args[index]
  if (!node) throw new InvalidFormulaError(`${op} has no operand ${index}`)
  return node
}

/** As many as a split can have parts. */
const LONGEST_LIST = 255

/** Elements of a vector of lengths, axes or places. */
export function integersOf(node: Expression, of: Computation): number[] {
  const [length, ...others] = of.shape(node)
  if (length === undefined || length > LONGEST_LIST || others.length > 0)
    throw new InvalidFormulaError(`${node.op} where a list was expected`)
  return Array.from({ length }, (_, i) => Number(integerOf(of.value(node, [i]))))
}

/** An axis' length or coordinate; throws where there is no such axis. */
export function along(axes: Axes, axis: number): number {
  const found = axes[axis]
  if (found === undefined) throw new InvalidFormulaError(`there is no axis ${axis} of ${axes.length}`)
  return found
}
