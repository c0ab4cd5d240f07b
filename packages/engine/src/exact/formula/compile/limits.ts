import type { Facts } from '../../profile/facts.ts'
import { type Interval, reachOf } from '../../profile/interval.ts'
import { MOST_RANK } from '../encodeFormula.ts'
import { type Expression, isElementwise, isFold, type Op } from '../expression/schema.ts'
import type { NodeInputs } from './nodeInputs.ts'

/** Numbers m are below 2^126, so that a state holds them with room for a sign and a sum. */
const MOST_BITS = 126
const LONGEST = 2 ** 32

/** Refuses a tensor of more axes, or longer ones, than formulas name. */
export function checkShape({ dims }: Facts, { refuse }: NodeInputs): void {
  if (dims.length > MOST_RANK) refuse(`rank ${dims.length}, at most ${MOST_RANK} is possible`)
  if (dims.some((length) => length >= LONGEST)) refuse(`the lengths [${dims.join(', ')}]`)
}

/** Operators that count their operands in one unit, the least of them. */
const ALIGNING: ReadonlySet<Op> = new Set<Op>([
  ...(['add', 'sub', 'max', 'min', 'equal', 'less', 'greater', 'where', 'clip', 'hardSigmoid'] as const),
])

/**
 * Returns a function that refuses a node whose numbers m may be larger than a state holds, by what is proved of the tensors that it takes and makes, and a
 * fold of what is neither a leaf nor whole.
 */
export function createNumberCheck(): (expression: Expression, result: Facts, from: NodeInputs) => void {
  const units = new Map<Expression, number>()
  const unitOf = (expression: Expression): number => {
    const unit = units.get(expression) ?? unitBy(expression, expression.args.map(unitOf))
    units.set(expression, unit)
    return unit
  }
  return (expression, result, from) => {
    const unit = unitOf(expression)
    const check = (interval: Interval, own: number) => {
      const bits = Math.log2(reachOf(interval)) - own
      if (bits > MOST_BITS) from.refuse(`numbers of up to 2^${Math.ceil(bits)} units of 2^${own}`)
    }
    check(result, unit)
    for (const [i, operand] of expression.args.entries()) {
      if (ALIGNING.has(expression.op)) check(from.facts(i), Math.min(unit, unitOf(operand)))
      if (isFold(expression) && i < 2 && operand.args.length > 0 && from.facts(i).unit !== 0)
        from.refuse(`sums what follows from lengths, in units of 2^${from.facts(i).unit}`)
    }
  }
}

/** The exponent that the numbers of an expression have at least: by its form, from those of its operands. */
function unitBy(expression: Expression, [x = 0, y = 0, ...others]: readonly number[]): number {
  switch (expression.op) {
    case 'constant':
    case 'number':
    case 'fill':
      return expression.unit
    case 'add':
    case 'sub':
    case 'max':
    case 'min':
      return Math.min(x, y)
    case 'mul':
    case 'product':
      return x + y
    case 'conv':
    case 'transposedConv':
      return Math.min(x + y, ...others)
    case 'where':
      return Math.min(y, ...others)
    case 'concat':
      return Math.min(x, y, ...others)
    case 'clip':
      return Math.min(x, expression.unit)
    case 'hardSigmoid':
      return x + expression.unit
    case 'relu':
    case 'reshape':
    case 'transpose':
    case 'slice':
    case 'split':
    case 'squeeze':
    case 'unsqueeze':
    case 'expand':
    case 'pad':
    case 'gather':
    case 'resize':
      return x
    default:
      return 0
  }
}

/** Whether folds stand under nothing but elementwise nodes, so that an element takes one place of each. */
export function foldsStandWell(expression: Expression): boolean {
  const seen = new Set<Expression>()
  const visit = (node: Expression, isElement: boolean): boolean => {
    if (isFold(node) && !isElement) return false
    // Below elementwise nodes first: what is then met elsewhere as well is looked at again.
    if (!isElement && seen.has(node)) return true
    if (!isElement) seen.add(node)
    return node.args.every((operand) => visit(operand, isElement && isElementwise(node)))
  }
  return visit(expression, true)
}
