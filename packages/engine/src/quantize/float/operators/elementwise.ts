import type { OnnxNode } from '../../../onnx/model.ts'
import { erf, exp, sigmoid, tanh } from '../../lower/functions.ts'
import { floatOf, inputOf, outputOf, type Reader, unsupported } from '../reader.ts'
import { combine } from '../reals.ts'
import type { AffineStep, RealFunction, Reals } from '../step.ts'

const ARITHMETIC = {
  Add: { op: 'add', fn: (a: number, b: number) => a + b },
  Sub: { op: 'sub', fn: (a: number, b: number) => a - b },
  Mul: { op: 'mul', fn: (a: number, b: number) => a * b },
  Div: { op: 'div', fn: (a: number, b: number) => a / b },
} as const

/** `Add`, `Sub`, `Mul`, `Div`: of two tensors, or a factor or a shift where one is constant. */
export function readArithmetic(node: OnnxNode, reader: Reader): void {
  const { op, fn } = ARITHMETIC[node.op as keyof typeof ARITHMETIC]
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)]
  const [left, right] = [reader.realsAt(a), reader.realsAt(b)]
  if (left && right) reader.setReals(outputOf(node), combine(left, right, fn))
  else if (right) addAffine(node, reader, a, right, { Add: [1, 1], Sub: [1, -1], Mul: [1, 0], Div: [-1, 0] } as const)
  else if (left && node.op !== 'Div')
    addAffine(node, reader, b, left, { Add: [1, 1], Sub: [-1, 1], Mul: [1, 0] } as const)
  else if (left) throw unsupported(node, 'a constant is divided by a computed tensor')
  else reader.add(node, { op, a, b }, Math.max(reader.rankOf(a) ?? 0, reader.rankOf(b) ?? 0) || undefined)
}

/** The pair says for Add and Sub the signs of tensor and constant; for Mul and Div the constant's exponent. */
function addAffine(
  node: OnnxNode,
  reader: Reader,
  x: string,
  constant: Reals,
  pairs: Readonly<Record<string, readonly [number, number]>>,
): void {
  const [sign = 1, constantSign = 0] = pairs[node.op] ?? []
  const { axis, values } = alongOneAxis(node, constant, reader.rankOf(x))
  const additive = node.op === 'Add' || node.op === 'Sub'
  const factor = additive ? values.map(() => sign) : values.map((v) => (sign < 0 ? 1 / v : v))
  const shift = additive ? values.map((v) => constantSign * v) : values.map(() => 0)
  reader.add(node, { op: 'affine', x, axis, factor, shift }, reader.rankOf(x))
}

/** The only axis along which a constant varies, counted from the end. */
function alongOneAxis(
  node: OnnxNode,
  { dims, data }: Reals,
  rank: number | undefined,
): { axis: number; values: Float64Array } {
  const long = dims.flatMap((length, axis) => (length === 1 ? [] : [axis - dims.length]))
  const [axis = -1] = long
  if (long.length > 1) throw unsupported(node, `a constant of shape [${dims}] varies along more than one axis`)
  if (rank !== undefined && dims.length > rank) throw unsupported(node, 'a constant has more axes than the tensor')
  return { axis, values: data }
}

const RELU = { lo: 0, hi: Infinity }

export function readRelu(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  reader.add(node, { op: 'clip', x, bounds: RELU }, reader.rankOf(x))
}

/** `Clip`, whose bounds were attributes before operator set 11. */
export function readClip(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  const bound = (at: number, name: string, otherwise: number): number => {
    if (!node.inputs[at]) return floatOf(node, name, otherwise)
    const value = reader.realsAt(node.inputs[at])?.data[0]
    if (value === undefined) throw unsupported(node, 'its bounds are not constant')
    return value
  }
  reader.add(
    node,
    { op: 'clip', x, bounds: { lo: bound(1, 'min', -Infinity), hi: bound(2, 'max', Infinity) } },
    reader.rankOf(x),
  )
}

/** min(max(alpha · x + beta, 0), 1), as a factor, a shift and bounds: they fold into what is before. */
export function readHardSigmoid(node: OnnxNode, reader: Reader): void {
  const [x, middle] = [inputOf(node, 0), `${outputOf(node)}/unclipped`]
  const rank = reader.rankOf(x)
  reader.add(node, affine(x, floatOf(node, 'alpha', 0.2), floatOf(node, 'beta', 0.5)), rank, middle)
  reader.add(node, { op: 'clip', x: middle, bounds: { lo: 0, hi: 1 } }, rank)
}

export function readHardSwish(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  reader.add(node, { op: 'hardSwish', x, alpha: 1 / 6, beta: 0.5, factor: 1, shift: 0 }, reader.rankOf(x))
}

const affine = (x: string, factor: number, shift: number): AffineStep => ({
  op: 'affine',
  x,
  axis: -1,
  factor: Float64Array.of(factor),
  shift: Float64Array.of(shift),
})

const SQRT_HALF = Math.sqrt(0.5)

/** √(2/π), for the tanh form of GELU (Hendrycks and Gimpel, arXiv:1606.08415). */
const GELU_FACTOR = 0.7978845608028654

const gelu: RealFunction = (x) => 0.5 * x * (1 + erf(x * SQRT_HALF))
const geluByTanh: RealFunction = (x) => 0.5 * x * (1 + tanh(GELU_FACTOR * (x + 0.044715 * x * x * x)))

/** Functions of one number that become tables. */
const FUNCTIONS: Readonly<Record<string, RealFunction>> = {
  Sigmoid: sigmoid,
  Tanh: tanh,
  Erf: erf,
  Exp: exp,
  Sqrt: Math.sqrt,
  Abs: Math.abs,
}

export function readFunction(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  const constant = reader.realsAt(x)
  const fn = functionOf(node)
  if (constant) reader.setReals(outputOf(node), { dims: constant.dims, data: constant.data.map(fn) })
  else reader.add(node, { op: 'function', x, fn, what: node.op }, reader.rankOf(x))
}

function functionOf(node: OnnxNode): RealFunction {
  if (node.op === 'Gelu') return node.attributes.get('approximate')?.value === 'tanh' ? geluByTanh : gelu
  if (node.op === 'LeakyRelu') {
    const alpha = floatOf(node, 'alpha', 0.01)
    return (x) => (x < 0 ? alpha * x : x)
  }
  const fn = FUNCTIONS[node.op]
  if (!fn) throw unsupported(node, 'it is no function that has a table')
  return fn
}

/** `Pow` with a constant exponent of 2, or of another small whole number. */
export function readPow(node: OnnxNode, reader: Reader): void {
  const [x, exponent] = [inputOf(node, 0), reader.realsAt(inputOf(node, 1))?.data[0]]
  if (exponent === 0.5) {
    reader.add(node, { op: 'function', x, fn: Math.sqrt, what: 'Sqrt' }, reader.rankOf(x))
    return
  }
  if (exponent === undefined || !Number.isInteger(exponent) || exponent < 1 || exponent > 4) {
    throw unsupported(node, 'its exponent is not a constant from 1 to 4, or 0.5')
  }
  const fn: RealFunction = (v) => {
    let power = v
    for (let i = 1; i < exponent; i++) power *= v
    return power
  }
  reader.add(node, { op: 'function', x, fn, what: `Pow ${exponent}` }, reader.rankOf(x))
}
