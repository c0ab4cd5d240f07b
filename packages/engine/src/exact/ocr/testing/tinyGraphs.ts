import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from '../../../onnx/model.ts'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { loadExactGraph } from '../../profile/index.ts'
import { openReference } from '../../reference/openReference.ts'
import { exactNetworks, type RunGraph } from '../exactNetworks.ts'
import { finishDetector } from '../graphs/finishDetector.ts'
import { finishRecogniser } from '../graphs/finishRecogniser.ts'
import type { OcrNetworks } from '../networks.ts'

/** Characters of the tiny recogniser: its classes are the blank, these, and the space. */
export const TINY_KEYS = ['a', 'b']

const int = (value: number): OnnxAttribute => ({ kind: 'int', value })
const ints = (...value: number[]): OnnxAttribute => ({ kind: 'ints', value })
const f32 = (dims: readonly number[], values: readonly number[]): OnnxTensor => ({
  type: 'f32',
  dims,
  data: Float32Array.from(values),
})
const i64 = (...values: number[]): OnnxTensor => ({
  type: 'i64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
})

function node(op: string, inputs: string[], output: string, attributes: Record<string, OnnxAttribute> = {}): OnnxNode {
  return { name: output, op, domain: '', inputs, outputs: [output], attributes: new Map(Object.entries(attributes)) }
}

const PLANES = [
  node('Cast', ['x'], 'levels', { to: int(1) }),
  node('Transpose', ['levels'], 'planes', { perm: ints(0, 3, 1, 2) }),
]

/** A detector in the form of specs/exact-ocr.md that finds what is dark: odds of `brightness` less that in green. */
export function tinyDetector(brightness = 100): OnnxModel {
  return finishDetector({
    opset: 18,
    metadata: new Map([
      ['stoa.profile', 'exact/1'],
      ['stoa.dim.height', '64..960/32'],
      ['stoa.dim.width', '64..960/32'],
    ]),
    inputs: [{ name: 'x', type: 'u8', dims: [1, 'height', 'width', 3] }],
    outputs: [{ name: 'odds/integers', type: 'f32', dims: undefined }],
    initializers: new Map([
      ['w', f32([1, 3, 1, 1], [0, -1, 0])],
      ['b', f32([1], [brightness])],
    ]),
    nodes: [...PLANES, node('Conv', ['planes', 'w', 'b'], 'odds/integers')],
  })
}

/**
 * A recogniser in the form of specs/exact-ocr.md. For every 8 columns it weighs how much red, green and blue there is: white is the blank, black the
 * space, red "a" and blue "b".
 */
export function tinyRecogniser(): OnnxModel {
  const scores = [...[1, 1, 1], ...[2, 0, -1], ...[-1, 0, 2], ...[-1, -1, -1]]
  return finishRecogniser(
    {
      opset: 18,
      metadata: new Map([
        ['stoa.profile', 'exact/1'],
        ['stoa.dim.width', '32..3072/8'],
      ]),
      inputs: [{ name: 'x', type: 'u8', dims: [1, 48, 'width', 3] }],
      outputs: [{ name: 'scores/integers', type: 'f32', dims: undefined }],
      initializers: new Map([
        [
          'w',
          f32(
            [4, 3, 8, 8],
            scores.flatMap((score) => Array<number>(64).fill(score / 1024)),
          ),
        ],
        ['b', f32([4], [-30, 0, 0, 1])],
        ['height', i64(2)],
      ]),
      nodes: [
        ...PLANES,
        node('Conv', ['planes', 'w', 'b'], 'sums', { strides: ints(8, 8) }),
        node('Round', ['sums'], 'steps'),
        node('ReduceSum', ['steps', 'height'], 'columns', { keepdims: int(0) }),
        node('Transpose', ['columns'], 'scores/integers', { perm: ints(0, 2, 1) }),
      ],
    },
    4,
  )
}

/** The two as the steps between them see networks. */
export function tinyNetworks(): OcrNetworks {
  const runOf = (model: OnnxModel): RunGraph => {
    const executor = openReference(loadExactGraph(writeOnnxModel(model)))
    return (inputs) => executor.run(inputs)
  }
  const [detector, recogniser] = [runOf(tinyDetector()), runOf(tinyRecogniser())]
  return exactNetworks({ detector, recogniser, alphabet: [...TINY_KEYS, ' '] })
}
