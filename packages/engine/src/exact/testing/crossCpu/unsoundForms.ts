import { createHash } from 'node:crypto'
import { loadRuntime } from '../../../inference/onnx/loadRuntime.ts'
import type { OnnxNode } from '../../../onnx/model.ts'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { toTensor } from '../../onnxruntime/convert.ts'
import { sessionOptions } from '../../onnxruntime/sessionOptions.ts'
import type { ExactType, Value } from '../../value.ts'
import { type Random, randomFrom } from '../graphs/random.ts'
import { nodeOf, tensor } from '../values.ts'

/** How a form of integer arithmetic came out on a machine. */
export type FormResult = {
  readonly form: string
  readonly outputs: number
  /** Outputs that are not what the operator's definition says, computed over the real numbers. */
  readonly wrong: number
  /** Of all outputs, to see whether machines differ where each is wrong. */
  readonly digest: string
}

type Form = {
  readonly form: string
  readonly node: OnnxNode
  readonly inputs: readonly Value[]
  readonly outputs: readonly ExactType[]
  readonly expected: readonly number[]
}

const [ROWS, DEPTH, COLUMNS] = [16, 128, 64] as const

/**
 * Runs forms that the profile does not admit, and two that it does, in ONNX Runtime as it is on this machine.
 */
export async function unsoundForms(): Promise<FormResult[]> {
  const runtime = await loadRuntime()
  const results: FormResult[] = []
  for (const { form, node, inputs, outputs, expected } of forms(randomFrom(1))) {
    const bytes = writeOnnxModel({
      opset: 18,
      metadata: new Map(),
      inputs: inputs.map(({ type, dims }, i) => ({ name: `x${i}`, type, dims })),
      outputs: outputs.map((type, i) => ({ name: `y${i}`, type, dims: undefined })),
      initializers: new Map(),
      nodes: [node],
    })
    const session = await runtime.InferenceSession.create(bytes, sessionOptions(1))
    const fed = inputs.map((value, i) => [`x${i}`, toTensor(runtime, value)] as const)
    const made = await session.run(Object.fromEntries(fed))
    const data = Array.from((made.y0?.data ?? []) as ArrayLike<number | bigint>, Number)
    await session.release()
    const wrong = expected.filter((number, i) => number !== data[i]).length
    const digest = createHash('sha256').update(data.join()).digest('hex').slice(0, 16)
    results.push({ form, outputs: data.length, wrong, digest })
  }
  return results
}

const forms = (random: Random): Form[] => [
  product(random, 'MatMulInteger u8·u8 (admitted)', 'u8', [0, 255], 'u8', [0, 255]),
  product(random, 'MatMulInteger u8·s8, weights up to ±127', 'u8', [0, 255], 'i8', [-127, 127]),
  product(random, 'MatMulInteger u8·s8, weights up to ±64', 'u8', [0, 255], 'i8', [-64, 64]),
  product(random, 'MatMulInteger s8·s8 with −128', 'i8', [-128, 127], 'i8', [-128, 127]),
  floats(random, 'MatMul f32, sums up to 2^24 (admitted)', 2 ** 24),
  floats(random, 'MatMul f32, sums up to 2^36', 2 ** 36),
  scaled(random),
  dynamic(random),
  clipped(random),
]

const some = ({ pick, int }: Random, count: number, [lo, hi]: readonly [number, number]): number[] =>
  Array.from({ length: count }, () => (pick([true, true, false]) ? pick([lo, hi]) : int(lo, hi)))

/** Sums of products over the real numbers, which doubles hold. */
function sums(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: ROWS * COLUMNS }, (_, at) => {
    const [row, column] = [Math.floor(at / COLUMNS), at % COLUMNS]
    let sum = 0
    for (let k = 0; k < DEPTH; k++) sum += (a[row * DEPTH + k] ?? 0) * (b[k * COLUMNS + column] ?? 0)
    return sum
  })
}

type Range = readonly [number, number]

function product(random: Random, form: string, left: ExactType, of: Range, right: ExactType, by: Range): Form {
  const [a, b] = [some(random, ROWS * DEPTH, of), some(random, DEPTH * COLUMNS, by)]
  const inputs = [tensor(left, a, [ROWS, DEPTH]), tensor(right, b, [DEPTH, COLUMNS])]
  return {
    form,
    node: nodeOf('MatMulInteger', ['x0', 'x1'], {}, ['y0']),
    inputs,
    outputs: ['i32'],
    expected: sums(a, b),
  }
}

/** Integers whose products, all added with one sign, would come to `reach`. */
function floats(random: Random, form: string, reach: number): Form {
  const most = Math.floor(reach / DEPTH / 255)
  const [a, b] = [some(random, ROWS * DEPTH, [0, 255]), some(random, DEPTH * COLUMNS, [1, most])]
  const inputs = [tensor('f32', a, [ROWS, DEPTH]), tensor('f32', b, [DEPTH, COLUMNS])]
  const node = nodeOf('MatMul', ['x0', 'x1'], {}, ['y0'])
  return { form, node, inputs, outputs: ['f32'], expected: sums(a, b).map(Math.fround) }
}

/** A requantisation by a float scale whose results lie on, or next to, the middle between two integers. */
function scaled(random: Random): Form {
  const [a, b] = [some(random, ROWS * DEPTH, [0, 1]), some(random, DEPTH * COLUMNS, [0, 1])]
  const [ofA, ofB, ofY] = [0.7, 0.05, 0.07].map(Math.fround) as [number, number, number]
  const scales = [ofA, ofB, ofY].map((scale) => tensor('f32', [scale], []))
  const zero = tensor('u8', [0], [])
  const expected = sums(a, b).map((sum) =>
    Math.min(255, roundedQuotient(BigInt(sum) * scaledUp(ofA) * scaledUp(ofB), scaledUp(ofY))),
  )
  return {
    form: 'QLinearMatMul, float scales, next to ties',
    node: nodeOf('QLinearMatMul', ['x0', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6', 'x7'], {}, ['y0']),
    inputs: [
      ...[tensor('u8', a, [ROWS, DEPTH]), scales[0] ?? zero, zero],
      ...[tensor('u8', b, [DEPTH, COLUMNS]), scales[1] ?? zero, zero],
      ...[scales[2] ?? zero, zero],
    ],
    outputs: ['u8'],
    expected,
  }
}

/** A float32 number below 1 times 2^64, which is whole. */
const scaledUp = (scale: number): bigint => BigInt(scale * 2 ** 64)

/** a / (b · 2^64), to the nearest, ties to even. */
function roundedQuotient(a: bigint, b: bigint): number {
  const divisor = b << 64n
  const [below, rest] = [a / divisor, (a % divisor) * 2n]
  const up = rest > divisor || (rest === divisor && below % 2n === 1n)
  return Number(up ? below + 1n : below)
}

/** Quantisation by the range of the data, by ONNX's formula in float32. */
function dynamic({ int }: Random): Form {
  // Of a range of 1, next to the middle between two steps of 1/255.
  const x = [0, 1, ...Array.from({ length: 4094 }, () => Math.fround((int(0, 254) + 0.5) / 255))]
  const [least, most] = [Math.min(0, ...x), Math.max(0, ...x)]
  const scale = Math.fround(Math.fround(most - least) / 255)
  const even = (number: number) => {
    const below = Math.floor(number)
    const rest = number - below
    return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
  }
  const zero = even(Math.fround(-least / scale))
  const expected = x.map((number) => Math.min(255, Math.max(0, even(Math.fround(number / scale)) + zero)))
  return {
    form: 'DynamicQuantizeLinear',
    node: nodeOf('DynamicQuantizeLinear', ['x0'], {}, ['y0', 'y1', 'y2']),
    inputs: [tensor('f32', x)],
    outputs: ['u8', 'f32', 'u8'],
    expected,
  }
}

function clipped({ int }: Random): Form {
  const x = Array.from({ length: 256 }, () => int(0, 2 ** 33))
  return {
    form: 'Clip i64 beyond 32 bits',
    node: nodeOf('Clip', ['x0', 'x1', 'x2'], {}, ['y0']),
    inputs: [tensor('i64', x), tensor('i64', [0], []), tensor('i64', [2 ** 30], [])],
    outputs: ['i64'],
    expected: x.map((number) => Math.min(number, 2 ** 30)),
  }
}
