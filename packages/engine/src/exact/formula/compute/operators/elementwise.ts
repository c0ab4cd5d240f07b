import { InvalidFormulaError } from '../../errors.ts'
import type { Expression } from '../../expression/schema.ts'
import {
  type Axes,
  type Computation,
  integerOf,
  type Operator,
  type OperatorsOf,
  operand,
  type Scaled,
  whole,
} from '../computation.ts'
import { broadcastOf, within } from '../places.ts'

type Binary = 'add' | 'sub' | 'mul' | 'max' | 'min' | 'equal' | 'less' | 'greater' | 'and' | 'or' | 'div'
type Unary = 'not' | 'floor' | 'round' | 'relu' | 'root' | 'clip' | 'hardSigmoid'

const shape = ({ args }: Expression, of: Computation): number[] => broadcastOf(...args.map(of.shape))

/** The element of an operand that stands at `at` of the result. */
export function elementwiseOperand(node: Expression, index: number, at: Axes, of: Computation): Scaled {
  const own = operand(node, index)
  return of.value(own, within(of.shape(own), at))
}

/** Two numbers counted in the lesser unit. */
function aligned(a: Scaled, b: Scaled): { x: bigint; y: bigint; u: number } {
  const u = Math.min(a.u, b.u)
  return { x: a.m << BigInt(a.u - u), y: b.m << BigInt(b.u - u), u }
}

const binary = (f: (a: Scaled, b: Scaled) => Scaled): Operator<Expression> => ({
  shape,
  value: (node, at, of) => f(elementwiseOperand(node, 0, at, of), elementwiseOperand(node, 1, at, of)),
})

const inOneUnit = (f: (x: bigint, y: bigint) => bigint) =>
  binary((a, b) => {
    const { x, y, u } = aligned(a, b)
    return { m: f(x, y), u }
  })

const comparison = (f: (x: bigint, y: bigint) => boolean) =>
  binary((a, b) => {
    const { x, y } = aligned(a, b)
    return whole(f(x, y) ? 1 : 0)
  })

const unary = <E extends Expression>(f: (x: Scaled, node: E) => Scaled): Operator<E> => ({
  shape,
  value: (node, at, of) => f(elementwiseOperand(node, 0, at, of), node),
})

export const least = (x: bigint, y: bigint): bigint => (x < y ? x : y)
export const greatest = (x: bigint, y: bigint): bigint => (x > y ? x : y)

/** x between two bounds of one unit. */
function clamp(x: Scaled, lo: bigint, hi: bigint, unit: number): Scaled {
  const { x: m, u } = aligned(x, { m: 0n, u: unit })
  const scale = BigInt(unit - u)
  return { m: least(greatest(m, lo << scale), hi << scale), u }
}

const floored = ({ m, u }: Scaled): bigint => (u >= 0 ? m << BigInt(u) : m >> BigInt(-u))

/** The nearest integer, the even one of two. */
function rounded(x: Scaled): bigint {
  const twice = floored({ m: x.m, u: x.u + 1 })
  const below = twice >> 1n
  if (twice % 2n === 0n) return below
  const isHalf = x.u >= -1 || twice << BigInt(-x.u - 1) === x.m
  return isHalf && below % 2n === 0n ? below : below + 1n
}

/** ⌊√x⌋, by Newton's method from above. */
function rootOf(x: bigint): bigint {
  if (x < 0n) throw new InvalidFormulaError(`the root of ${x}`)
  if (x === 0n) return 0n
  let root = 1n << BigInt(Math.ceil(x.toString(2).length / 2))
  for (let next = (root + x / root) / 2n; next < root; next = (root + x / root) / 2n) root = next
  return root
}

function quotient(a: Scaled, b: Scaled): Scaled {
  const [x, y] = [integerOf(a), integerOf(b)]
  if (x < 0n || y < 1n) throw new InvalidFormulaError(`${x} divided by ${y}`)
  return whole(x / y)
}

export const ELEMENTWISE: OperatorsOf<Binary | Unary | 'where'> = {
  add: inOneUnit((x, y) => x + y),
  sub: inOneUnit((x, y) => x - y),
  mul: binary((a, b) => ({ m: a.m * b.m, u: a.u + b.u })),
  max: inOneUnit(greatest),
  min: inOneUnit(least),
  equal: comparison((x, y) => x === y),
  less: comparison((x, y) => x < y),
  greater: comparison((x, y) => x > y),
  and: comparison((x, y) => x !== 0n && y !== 0n),
  or: comparison((x, y) => x !== 0n || y !== 0n),
  div: binary(quotient),
  not: unary(({ m }) => whole(m === 0n ? 1 : 0)),
  floor: unary((x) => whole(floored(x))),
  round: unary((x) => whole(rounded(x))),
  relu: unary(({ m, u }) => ({ m: greatest(m, 0n), u })),
  root: unary((x) => whole(rootOf(integerOf(x)))),
  clip: unary((x, node) => clamp(x, node.least, node.greatest, node.unit)),
  hardSigmoid: unary(({ m, u }, { alpha, beta, unit }) => {
    const { x, y, u: own } = aligned({ m: alpha * m, u: unit + u }, { m: beta, u: unit })
    return clamp({ m: x + y, u: own }, 0n, 1n, 0)
  }),
  where: {
    shape,
    value: (node, at, of) => elementwiseOperand(node, elementwiseOperand(node, 0, at, of).m === 0n ? 2 : 1, at, of),
  },
}
