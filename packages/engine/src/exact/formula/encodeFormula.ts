import type { StoredType } from '../profile/facts.ts'
import { InvalidFormulaError } from './errors.ts'
import { storedType, u8 } from './expression/fields.ts'
import { AGAIN, type AnySchema, type Expression, NAMED, SCHEMAS } from './expression/schema.ts'

/** Most bytes of a formula, nodes (`named` and `again` among them), nodes one within another, and dimensions of a tensor. */
export const MOST_BYTES = 4096
export const MOST_NODES = 255
export const MOST_DEPTH = 32
export const MOST_RANK = 8
/** Most entries, inputs and constants that a formula names: each costs whoever proves an element a leaf at least. */
export const MOST_SOURCES = 64

/**
 * Writes a formula in prefix notation. An expression with operands that stands in several places (the same object) is written once and named. Throws
 * `InvalidFormulaError` where a number does not fit or the formula is too long.
 */
export function encodeFormula(stored: StoredType, expression: Expression): Uint8Array {
  const shared = sharedIn(expression)
  const names = new Map<Expression, number>()
  const bytes = [...storedType.write(stored)]
  let [nodes, deepest, sources] = [0, 0, 0]
  const writeNode = (node: Expression, depth: number) => {
    nodes++
    deepest = Math.max(deepest, depth)
    const name = names.get(node)
    if (name !== undefined) {
      bytes.push(AGAIN, ...u8.write(name))
      return
    }
    if (shared.has(node)) {
      nodes++
      deepest = Math.max(deepest, depth + 1)
      bytes.push(NAMED, ...u8.write(names.size))
      names.set(node, names.size)
    }
    if (node.op === 'entry' || node.op === 'input' || node.op === 'constant') sources++
    bytes.push(...headOf(node))
    for (const operand of node.args) writeNode(operand, depth + (shared.has(node) ? 2 : 1))
  }
  writeNode(expression, 1)
  check('bytes', bytes.length, MOST_BYTES)
  check('nodes', nodes, MOST_NODES)
  check('entries, inputs and constants', sources, MOST_SOURCES)
  check('nodes one within another', deepest, MOST_DEPTH)
  return Uint8Array.from(bytes)
}

function check(what: string, count: number, most: number): void {
  if (count > most) throw new InvalidFormulaError(`it has ${count} ${what}, at most ${most} are possible`)
}

/** Code and fields of a node, as written; throws `InvalidFormulaError` where one does not fit, or operands are missing. */
export function headOf(node: Expression): number[] {
  const { code, fields, arity }: AnySchema = SCHEMAS[node.op]
  const expected = typeof arity === 'number' ? arity : arity(node as never)
  if (node.args.length !== expected)
    throw new InvalidFormulaError(`${node.op} with ${node.args.length} operands, not ${expected}`)
  const values: Readonly<Record<string, unknown>> = node
  return [code, ...Object.entries(fields).flatMap(([name, { write }]) => write(values[name] as never))]
}

/** Expressions with operands that stand in more than one place. */
function sharedIn(expression: Expression): ReadonlySet<Expression> {
  const [seen, shared] = [new Set<Expression>(), new Set<Expression>()]
  const visit = (node: Expression) => {
    if (node.args.length === 0) return
    if (seen.has(node)) {
      shared.add(node)
      return
    }
    seen.add(node)
    node.args.forEach(visit)
  }
  visit(expression)
  return shared
}
