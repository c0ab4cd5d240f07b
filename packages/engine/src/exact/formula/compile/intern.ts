import { headOf, MOST_NODES } from '../encodeFormula.ts'
import { InvalidFormulaError } from '../errors.ts'
import type { Expression } from '../expression/schema.ts'

/** Most nodes of a formula if nothing in it were named: a computation may visit every one. Of these at most `MOST_NODES` lie one within another. */
const MOST_VISITS = 1024

type Interned = { readonly number: number; readonly visits: number; readonly depth: number }

/**
 * Gives every expression one object, so that what stands in several places is seen to be the same. Throws `InvalidFormulaError` for one that takes too long to
 * compute, before anything walks through it.
 */
export function createIntern(): (expression: Expression) => Expression {
  const [known, interned] = [new Map<string, Expression>(), new Map<Expression, Interned>()]
  return (expression) => {
    const args = expression.args.map((own) => interned.get(own) ?? { number: -1, visits: 0, depth: 0 })
    const key = `${headOf(expression).join()} of ${args.map(({ number }) => number).join()}`
    const same = known.get(key)
    if (same) return same
    const visits = 1 + args.reduce((sum, own) => sum + own.visits, 0)
    const depth = 1 + args.reduce((deepest, own) => Math.max(deepest, own.depth), 0)
    if (visits > MOST_VISITS)
      throw new InvalidFormulaError(`without names it has ${visits} nodes, at most ${MOST_VISITS} are possible`)
    if (depth > MOST_NODES) throw new InvalidFormulaError(`more than ${MOST_NODES} nodes stand one within another`)
    known.set(key, expression)
    interned.set(expression, { number: interned.size, visits, depth })
    return expression
  }
}
