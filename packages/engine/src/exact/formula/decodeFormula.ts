import { MOST_BYTES, MOST_NODES } from './encodeFormula.ts'
import { InvalidFormulaError } from './errors.ts'
import { readBytes, storedType, u8 } from './expression/fields.ts'
import { AGAIN, type AnySchema, type Expression, NAMED, type Op, SCHEMAS } from './expression/schema.ts'
import type { Formula } from './types.ts'

const OPS = new Map<number, Op>((Object.keys(SCHEMAS) as Op[]).map((op) => [SCHEMAS[op].code, op]))

/** Reads what `encodeFormula` wrote; throws `InvalidFormulaError` for anything else. */
export function decodeFormula(bytes: Uint8Array): Formula {
  if (bytes.length > MOST_BYTES) throw new InvalidFormulaError(`${bytes.length} bytes, at most ${MOST_BYTES}`)
  const from = readBytes(bytes)
  const stored = storedType.read(from)
  const [named, places] = [new Map<number, Expression>(), new Map<Expression, number>()]
  let nodes = 0
  let names = 0
  const readNode = (): Expression => {
    if (++nodes > MOST_NODES) throw new InvalidFormulaError(`more than ${MOST_NODES} nodes`)
    const at = from.at()
    const code = u8.read(from)
    if (code === AGAIN) return again(u8.read(from))
    if (code === NAMED) return name(u8.read(from))
    const op = OPS.get(code)
    if (!op) throw new InvalidFormulaError(`the code ${code} at ${at} is no node's`)
    const { fields, arity }: AnySchema = SCHEMAS[op]
    const given = Object.fromEntries(Object.entries(fields).map(([field, { read }]) => [field, read(from)]))
    const count = typeof arity === 'number' ? arity : arity(given as never)
    const args = Array.from({ length: count }, readNode)
    // The fields were read by the operator's own schema, which the compiler does not follow through the table.
    const node = { op, ...given, args } as unknown as Expression
    places.set(node, at)
    return node
  }
  const name = (index: number): Expression => {
    if (index !== names) throw new InvalidFormulaError(`the name ${index} where ${names} was next`)
    names++
    const node = readNode()
    named.set(index, node)
    return node
  }
  const again = (index: number): Expression => {
    const node = named.get(index)
    if (!node) throw new InvalidFormulaError(`nothing before it is named ${index}`)
    return node
  }
  const expression = readNode()
  if (!from.isDone()) throw new InvalidFormulaError(`${bytes.length - from.at()} bytes follow it`)
  return { stored, expression, bytes, places }
}
