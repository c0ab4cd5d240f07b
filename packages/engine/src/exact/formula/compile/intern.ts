import { headOf } from '../encodeFormula.ts'
import type { Expression } from '../expression/schema.ts'

/** Gives every expression with operands one object, so that what stands in several places is seen to be the same. */
export function createIntern(): (expression: Expression) => Expression {
  const [known, numbers] = [new Map<string, Expression>(), new Map<Expression, number>()]
  return (expression) => {
    const args = expression.args.map((own) => numbers.get(own) ?? 'unknown')
    const key = `${headOf(expression).join()} of ${args.join()}`
    const same = known.get(key)
    if (same) return same
    known.set(key, expression)
    numbers.set(expression, numbers.size)
    return expression
  }
}
