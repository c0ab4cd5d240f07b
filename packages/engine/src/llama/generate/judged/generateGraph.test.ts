import { beforeAll, expect, test } from 'vitest'
import type { Executor } from '../../../exact/executor.ts'
import { formulasOf } from '../../../exact/formula/index.ts'
import { type ExactGraph, loadExactGraph } from '../../../exact/profile/index.ts'
import { openReference } from '../../../exact/reference/openReference.ts'
import type { Value } from '../../../exact/value.ts'
import { openWasm } from '../../../exact/wasm/openWasm.ts'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { calibrateLlama } from '../../calibrate/calibrateLlama.ts'
import { buildExactLlama } from '../../exact/buildExactLlama.ts'
import { generator, randomWeights, SMALL } from '../../testing/randomWeights.ts'
import { drawn } from '../chooseToken.ts'
import { createGenerator } from '../createGenerator.ts'
import { type DecoderShape, decoderShape } from '../decoderShape.ts'
import { compareSteps } from './compareSteps.ts'
import { generateGraph } from './generateGraph.ts'

const random = generator(7)
const text = Array.from({ length: 100 }, () => Math.floor(random() * SMALL.vocab))
let shape: DecoderShape
let decoder: Executor
let graph: ExactGraph
let whole: Executor

beforeAll(async () => {
  const weights = randomWeights(SMALL)
  const model = await buildExactLlama({ weights, calibration: await calibrateLlama({ weights, texts: [text] }) })
  const found = decoderShape(model)
  if (typeof found === 'string') throw new TypeError(found)
  shape = found
  decoder = await openWasm(loadExactGraph(writeOnnxModel(model)), { threads: 1 })
  graph = loadExactGraph(writeOnnxModel(generateGraph(model, shape)))
  whole = await openWasm(graph, { threads: 1 })
  return async () => {
    await Promise.all([decoder.close(), whole.close()])
  }
})

const inputsFor = (tokens: readonly number[], settings: readonly number[], draw: Uint8Array) =>
  new Map<string, Value>([
    ['tokens', { type: 'i32', dims: [1, tokens.length], data: Int32Array.from(tokens) }],
    ['settings', { type: 'i32', dims: [4], data: Int32Array.from(settings) }],
    ['draw', { type: 'u8', dims: [8], data: draw }],
  ])

test.each([
  [0, 0, 1_000_000],
  [900, 0, 1_000_000],
  [1_500, 20, 900_000],
])(
  'gives every token that the generator gives: temperature %d, top k %d, top p %d',
  async (temperature, topK, topP) => {
    const seed = new Uint8Array(32).fill(9)
    const generate = createGenerator({ executor: decoder, shape, ends: new Set() })
    const prompt = text.slice(0, 70)
    const { tokens } = await generate({ prompt, limit: 8, choice: { temperature, topK, topP, seed } })
    for (const [g, token] of tokens.entries()) {
      const inputs = inputsFor([...prompt, ...tokens.slice(0, g)], [8, temperature, topK, topP], drawn(seed, g))
      expect((await whole.run(inputs)).get('token')).toEqual({ type: 'i32', dims: [1], data: Int32Array.of(token) })
    }
  },
)

test('gives in the reference what it gives in WebAssembly', async () => {
  const inputs = inputsFor(text.slice(0, 3), [1, 1_000, 5, 800_000], drawn(new Uint8Array(32), 0))
  expect((await openReference(graph).run(inputs)).get('token')).toEqual((await whole.run(inputs)).get('token'))
})

test('has the logits of a text that is read in steps, up to the whole context', async () => {
  for (const length of [1, 64, 65, 100])
    expect(await compareSteps(decoder, whole, shape, text.slice(0, length))).toBeUndefined()
  const full = Array.from({ length: shape.context }, (_, i) => (i * 7) % shape.vocab)
  expect(await compareSteps(decoder, whole, shape, full)).toBeUndefined()
})

test('has a formula for every entry, one output and three inputs', () => {
  const { entries, inputs, outputs } = formulasOf(graph)
  expect({ inputs, outputs: outputs.map((entry) => entries[entry]?.tensor) }).toEqual({ inputs: 3, outputs: ['token'] })
})
