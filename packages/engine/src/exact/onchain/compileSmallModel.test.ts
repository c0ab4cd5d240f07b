import { DEVELOPMENT_KEYS, deployStoa, type RunningChain, startChain } from '@stoa/localnet'
import { smallModelsAbi } from '@stoa/protocol/abi'
import { classify, createChainClient, type Deployment, publishSmallModel, type WriteClient } from '@stoa/sdk'
import { bytesToHex, encodeFunctionData } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { estimateGas } from 'viem/actions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/index.ts'
import { Emitter, int } from '../../quantize/emit/emitter.ts'
import type { Executor } from '../executor.ts'
import { loadExactGraph } from '../profile/index.ts'
import { openReference } from '../reference/openReference.ts'
import { randomFrom } from '../testing/graphs/random.ts'
import { openWasm } from '../wasm/openWasm.ts'
import { compileSmallModel } from './compileSmallModel.ts'
import { NotSmallModelError } from './errors.ts'
import { digitsModel } from './testing/digitsModel.ts'
import { type Glyph, glyphs } from './testing/glyphs.ts'

let chain: RunningChain
let client: WriteClient
let deployment: Deployment
beforeAll(async () => {
  chain = await startChain()
  client = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]), pollingInterval: 20 })
  deployment = await deployStoa(client)
})
afterAll(() => chain.stop())

/** What an executor gives, as the contract says it. */
async function run(executor: Executor, pixels: Uint8Array) {
  const made = await executor.run(new Map([['pixels', { type: 'u8', dims: [1, pixels.length], data: pixels }]]))
  const numbers = (name: string) => Array.from<number | bigint, bigint>(made.get(name)?.data ?? [], BigInt)
  return { best: Number(numbers('digit')[0]), scores: numbers('scores') }
}

describe('digits of 8 by 8 pixels', () => {
  /** Trained on 3,000 glyphs, asked about 700 others and 100 of noise alone. */
  async function compare(hidden: number) {
    const random = randomFrom(5)
    const graph = loadExactGraph(
      writeOnnxModel(digitsModel(glyphs(1, 3_000), hidden, () => random.int(0, 2 ** 20) / 2 ** 20)),
    )
    const { model, gasUsed } = await publishSmallModel(client, { deployment, model: compileSmallModel(graph) })
    const [reference, wasm] = [openReference(graph), await openWasm(graph)]
    const noise = Array.from({ length: 100 }, (): Glyph => {
      const pixels = Uint8Array.from({ length: 64 }, () => (random.chance(0.2) ? 255 : random.int(0, 255)))
      return { digit: -1, pixels }
    })
    const asked = [...glyphs(2, 700), ...noise]
    let right = 0
    for (const { digit, pixels } of asked) {
      const told = await classify(client, { deployment, model, input: pixels })
      expect(told).toEqual(await run(reference, pixels))
      expect(told).toEqual(await run(wasm, pixels))
      if (told.best === digit) right++
    }
    await wasm.close()
    const data = encodeFunctionData({
      abi: smallModelsAbi,
      functionName: 'classify',
      args: [model, bytesToHex(new Uint8Array(64).fill(200))],
    })
    const gas = await estimateGas(client, { to: deployment.smallModels ?? null, data })
    return { accuracy: right / 700, publishGas: Number(gasUsed), gas: Number(gas) }
  }

  test('a linear model is computed by one call, to the bit', async () => {
    const { accuracy, gas, publishGas } = await compare(0)
    expect(accuracy).toBeGreaterThan(0.9)
    expect(gas).toBeLessThan(100_000)
    expect(publishGas).toBeLessThan(400_000)
  })

  test('a model with a hidden layer is computed by one call, to the bit', async () => {
    const { accuracy, gas, publishGas } = await compare(16)
    expect(accuracy).toBeGreaterThan(0.97)
    expect(gas).toBeLessThan(120_000)
    expect(publishGas).toBeLessThan(600_000)
  })
})

/** A graph of 5 inputs and 3 scores that uses what the profile allows: weights of several units, an integer product with a zero point, scales, clips. */
function variedModel(seed: number): Emitter {
  const random = randomFrom(seed)
  const list = (count: number, lo: number, hi: number) => Array.from({ length: count }, () => random.int(lo, hi))
  const emit = new Emitter()
  const input = emit.input('pixels', 'u8', [1, 5])
  const units = list(4, 0, 9).map((bits) => 2 ** -bits)
  const product = emit.node('MatMul', [
    emit.cast(emit.node('Reshape', [input, emit.i64([1, -1])]), 'f32'),
    emit.f32(
      list(20, -128, 127).map((weight, i) => weight * (units[i % 4] ?? 1)),
      [5, 4],
    ),
  ])
  const shifted = emit.node('Sub', [product, emit.f32(list(4, -500, 500).map((bias) => bias / 8))])
  const first = random.chance(0.5) ? emit.node('Relu', [shifted]) : emit.node('Add', [emit.f32(2.5), shifted])
  const hidden = emit.cast(emit.node('Clip', [emit.node('Round', [first]), emit.f32(3), emit.f32(250)]), 'u8')
  const weights = emit.constant({ type: 'u8', dims: [4, 3], data: Uint8Array.from(list(12, 40, 160)) })
  const zero = emit.constant({ type: 'u8', dims: [], data: Uint8Array.of(100) })
  const sums = emit.node('Add', [emit.node('MatMulInteger', [hidden, weights, '', zero]), emit.i32(list(3, -99, 99))])
  const scaled = emit.node('Mul', [emit.cast(sums, 'f64'), emit.f64(list(3, -9, 9).map((factor) => factor / 2))])
  const scores = emit.cast(emit.node('Round', [scaled]), 'i32')
  emit.output(scores, 'scores', 'i32')
  emit.output(emit.node('ArgMax', [scores], { axis: int(1), keepdims: int(0) }), 'digit', 'i64')
  return emit
}

test('other forms of layers, halves and ties among them, are computed to the bit', async () => {
  for (let seed = 0; seed < 12; seed++) {
    const random = randomFrom(seed + 100)
    const graph = loadExactGraph(writeOnnxModel(variedModel(seed).model()))
    const { model } = await publishSmallModel(client, { deployment, model: compileSmallModel(graph) })
    const reference = openReference(graph)
    for (let i = 0; i < 20; i++) {
      const input = Uint8Array.from({ length: 5 }, () => random.pick([0, 1, 255, random.int(0, 255)]))
      expect(await classify(client, { deployment, model, input })).toEqual(await run(reference, input))
    }
  }
})

describe('what does not fit is refused by name', () => {
  const compiled = (build: (emit: Emitter, row: string) => string, dims: number[] = [1, 4]) => {
    const emit = new Emitter()
    emit.output(build(emit, emit.cast(emit.input('pixels', 'u8', dims), 'f64')), 'scores', 'f64')
    return () => compileSmallModel(loadExactGraph(writeOnnxModel(emit.model())))
  }
  const weights = (emit: Emitter, inputs: number, outputs: number, weight = 1) =>
    emit.f64(new Float64Array(inputs * outputs).fill(weight), [inputs, outputs])

  test('a hidden layer that is not clipped to bytes', () => {
    const build = (emit: Emitter, row: string) =>
      emit.node('MatMul', [emit.node('MatMul', [row, weights(emit, 4, 3)]), weights(emit, 3, 2)], {}, 'second')
    expect(compiled(build)).toThrow(NotSmallModelError)
    expect(compiled(build)).toThrow(
      'The model can\'t be computed by one contract call: MatMul "second": what another layer reads must be clipped to 0 to 255.',
    )
  })

  test('operators, batches, additions behind a clip, wide weights, large models', () => {
    expect(compiled((emit, row) => emit.node('ReduceSum', [row, emit.i64([1])]))).toThrow('ReduceSum')
    expect(compiled((emit, row) => emit.node('MatMul', [row, weights(emit, 4, 3)]), [2, 4])).toThrow('must be one row')
    const late = (emit: Emitter, row: string) => {
      const sums = emit.node('MatMul', [row, weights(emit, 4, 3)])
      return emit.node('Add', [emit.node('Clip', [sums, emit.f64(0), emit.f64(9)]), emit.f64(1)])
    }
    expect(compiled(late)).toThrow('before it is clipped and rounded')
    const wide = (emit: Emitter, row: string) => emit.node('MatMul', [row, emit.f64([1, 128, 1, 1], [4, 1])])
    expect(compiled(wide)).toThrow('weights that are not -128 to 127 times one number')
    const large = (emit: Emitter, row: string) => emit.node('MatMul', [row, weights(emit, 4, 1_200)])
    expect(compiled(large)).toThrow('it would take 25222 bytes, a contract holds 24575')
  })

  test('what the contract refuses, the action says', async () => {
    await expect(publishSmallModel(client, { deployment, model: Uint8Array.of(1, 1, 0) })).rejects.toMatchObject({
      code: 'MalformedModel',
      args: { offset: 3n },
    })
    const { smallModels: _, ...without } = deployment
    await expect(publishSmallModel(client, { deployment: without, model: new Uint8Array() })).rejects.toMatchObject({
      code: 'NO_SMALL_MODELS',
    })
  })
})
