import { type Expression, type Fold, isFold, type Op } from '../expression/schema.ts'
import type { Reader } from '../types.ts'
import type { Axes, Computation, Operator, OperatorsOf } from './computation.ts'
import { ELEMENTWISE } from './operators/elementwise.ts'
import { FOLD_RULES, type FoldRule } from './operators/folds.ts'
import { LEAVES } from './operators/leaves.ts'
import { MOVES } from './operators/moves.ts'

const OPERATORS: OperatorsOf<Exclude<Op, Fold['op']>> = { ...LEAVES, ...ELEMENTWISE, ...MOVES }

/** Starts a computation on what a reader shows. Shapes are worked out once, elements anew each time. */
export function openComputation(reader: Reader, folded: ReadonlyMap<Expression, bigint> = new Map()): Computation {
  const shapes = new Map<Expression, Axes>()
  const of: Computation = {
    reader,
    folded,
    shape(node) {
      const shape = shapes.get(node) ?? shapeOfNode(node, of)
      shapes.set(node, shape)
      return shape
    },
    value(node, at) {
      if (!isFold(node)) return operatorOf(node).value(node, at, of)
      const rule = foldRuleOf(node)
      return rule.finish(of.folded.get(node) ?? stateOf(node, at, of), node, at, of)
    },
  }
  return of
}

const shapeOfNode = (node: Expression, of: Computation): Axes =>
  isFold(node) ? foldRuleOf(node).shape(node, of) : operatorOf(node).shape(node, of)

// The table gives each node the operator of its own kind, which the compiler does not follow through a union.
const operatorOf = (node: Exclude<Expression, Fold>) => OPERATORS[node.op] as Operator<Expression>
export const foldRuleOf = (node: Fold) => FOLD_RULES[node.op] as FoldRule<Fold>

/** A fold's state at an element after the terms below `to`, from the state before term `from`. */
export function stateOf(
  node: Fold,
  at: Axes,
  of: Computation,
  { from = 0, to, before }: { from?: number; to?: number; before?: bigint | undefined } = {},
): bigint {
  const { start, terms, take } = foldRuleOf(node)
  let state = before ?? start
  for (let term = from; term < (to ?? terms(node, of)); term++) state = take(state, node, at, term, of)
  return state
}
