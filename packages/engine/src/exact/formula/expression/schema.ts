import {
  type ByteReader,
  counted,
  cut,
  type Field,
  flag,
  hash,
  i16,
  i64,
  layout,
  storedType,
  times,
  u8,
  u16,
  u32,
} from './fields.ts'

/** What a node of a formula is written as: its code, what follows it, and how many operands follow that. */
type Schema<F, Given> = {
  readonly code: number
  readonly fields: F
  readonly arity: number | ((given: Given) => number)
}

/** A schema of any fields, to be used with values that are known to be of its own. */
export type AnySchema = Schema<Readonly<Record<string, AnyField>>, never>
type AnyField = { readonly write: (value: never) => readonly number[]; readonly read: (from: ByteReader) => unknown }

type FieldsOf<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

const schema = <F extends AnySchema['fields']>(
  code: number,
  fields: F,
  arity: number | ((given: FieldsOf<F>) => number),
): Schema<F, FieldsOf<F>> => ({ code, fields, arity })

const binary = (code: number) => schema(code, {}, 2)
const unary = (code: number) => schema(code, {}, 1)
const reduction = (code: number) => schema(code, { chunk: u32, keep: flag, axes: counted(u8) }, 1)

/** Rows and columns. */
const pair = times(2, u16)
/** Top, left, bottom, right. */
const margins = times(4, u16)

/** Nodes of formulas (specs/formulas.md, "Formula"), `named` and `again` left out: they are how a shared node is written. */
export const SCHEMAS = {
  entry: schema(0x01, { index: u32 }, 0),
  input: schema(0x02, { index: u8 }, 0),
  constant: schema(0x03, { type: storedType, unit: i16, layout, root: hash }, 0),
  number: schema(0x04, { rank: u8, unit: i16, m: i64 }, 0),
  list: schema(0x05, { items: counted(i64) }, 0),
  shape: schema(0x06, { first: u8, end: u8 }, 1),
  range: schema(0x07, {}, 3),
  fill: schema(0x08, { unit: i16, m: i64 }, 1),

  add: binary(0x10),
  sub: binary(0x11),
  mul: binary(0x12),
  max: binary(0x13),
  min: binary(0x14),
  equal: binary(0x15),
  less: binary(0x16),
  greater: binary(0x17),
  and: binary(0x18),
  or: binary(0x19),
  div: binary(0x1a),
  not: unary(0x1b),
  floor: unary(0x1c),
  round: unary(0x1d),
  relu: unary(0x1e),
  root: unary(0x1f),
  clip: schema(0x20, { unit: i16, least: i64, greatest: i64 }, 1),
  hardSigmoid: schema(0x21, { unit: i16, alpha: i64, beta: i64 }, 1),
  where: schema(0x22, {}, 3),

  reshape: binary(0x30),
  transpose: schema(0x31, { axes: counted(u8) }, 1),
  concat: schema(0x32, { axis: u8, parts: u8 }, ({ parts }) => parts),
  slice: schema(0x33, { cuts: counted(cut) }, 3),
  split: schema(0x34, { axis: u8, parts: u8, part: u8, sized: flag }, ({ sized }) => (sized ? 2 : 1)),
  squeeze: schema(0x35, { axes: counted(u8) }, 1),
  unsqueeze: schema(0x36, { axes: counted(u8) }, 1),
  expand: binary(0x37),
  pad: schema(0x38, { axes: counted(u8) }, 2),
  gather: schema(0x39, { axis: u8 }, 2),
  resize: schema(0x3a, { factors: pair }, 1),

  conv: schema(0x40, { chunk: u32, group: u32, strides: pair, padding: margins, biased: flag }, ({ biased }) =>
    biased ? 3 : 2,
  ),
  transposedConv: schema(0x41, { chunk: u32, strides: pair, padding: margins, biased: flag }, ({ biased }) =>
    biased ? 3 : 2,
  ),
  product: schema(0x42, { chunk: u32 }, 2),
  integerProduct: schema(0x43, { chunk: u32, zeroPoints: times(2, i16) }, 2),
  sum: reduction(0x44),
  greatest: reduction(0x45),
  least: reduction(0x46),
  place: schema(0x47, { chunk: u32, keep: flag, axis: u8 }, 1),
  maxPool: schema(0x48, { chunk: u32, window: pair, strides: pair, padding: margins }, 1),
} as const satisfies Readonly<Record<string, AnySchema>>

/** Codes by which a node that stands in several places is written once: with a name before it, and by that name. */
export const NAMED = 0x09
export const AGAIN = 0x0a

export type Op = keyof typeof SCHEMAS

/**
 * A node of a formula with its operands, in the order in which they are written. Where two places hold the same object, the formula says the thing once and
 * refers to it.
 */
export type Expression = {
  [K in Op]: { readonly op: K; readonly args: readonly Expression[] } & FieldsOf<(typeof SCHEMAS)[K]['fields']>
}[Op]

export type ExpressionOf<K extends Op> = Extract<Expression, { readonly op: K }>

/** Every node of an expression once, in the order in which they are written. */
export function nodesOf(expression: Expression): ReadonlySet<Expression> {
  const seen = new Set<Expression>()
  const visit = (node: Expression): void => {
    if (seen.has(node)) return
    seen.add(node)
    node.args.forEach(visit)
  }
  visit(expression)
  return seen
}

const ELEMENTWISE_CODES = { first: 0x10, last: 0x22 }

/** Operators of which an element takes one element of each operand, the same after broadcasting. */
export const isElementwise = ({ op }: Expression): boolean =>
  SCHEMAS[op].code >= ELEMENTWISE_CODES.first && SCHEMAS[op].code <= ELEMENTWISE_CODES.last

/** Operators that take terms one after another into a state. */
export const FOLDS = [
  ...(['conv', 'transposedConv', 'product', 'integerProduct'] as const),
  ...(['sum', 'greatest', 'least', 'place', 'maxPool'] as const),
] as const satisfies readonly Op[]
export type Fold = ExpressionOf<(typeof FOLDS)[number]>

export const isFold = (expression: Expression): expression is Fold => (FOLDS as readonly Op[]).includes(expression.op)
