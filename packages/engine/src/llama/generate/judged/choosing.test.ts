import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadExactGraph } from '../../../exact/profile/index.ts'
import { openReference } from '../../../exact/reference/openReference.ts'
import type { Value } from '../../../exact/value.ts'
import { openWasm } from '../../../exact/wasm/openWasm.ts'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { Emitter } from '../../../quantize/emit/emitter.ts'
import { chooseToken, drawn } from '../chooseToken.ts'
import { chooseTokenLiterally } from '../reference/chooseTokenLiterally.ts'
import { weightTable } from '../weightTable.ts'
import { choosing, GREATEST_SETTING } from './choosing.ts'

const WIDEST = 2 ** 31 - 1

/** The choosing alone, of logits that are given: any 32 bits. */
function choosingGraph(vocab: number) {
  const emitter = new Emitter()
  const logits = emitter.input('logits', 'i32', [1, vocab], { lo: -WIDEST, hi: WIDEST })
  const settings = emitter.input('settings', 'i32', [4], { lo: 0, hi: GREATEST_SETTING })
  const draw = emitter.input('draw', 'u8', [8])
  emitter.output(choosing({ emitter, logits, settings, draw, vocab }), 'token', 'i32')
  return loadExactGraph(writeOnnxModel(emitter.model()))
}

type Asked = {
  logits: readonly number[]
  temperature: number
  topK: number
  topP: number
  seed: Uint8Array
  index: number
}

function inputsFor({ logits, temperature, topK, topP, seed, index }: Asked): Map<string, Value> {
  return new Map<string, Value>([
    ['logits', { type: 'i32', dims: [1, logits.length], data: Int32Array.from(logits) }],
    ['settings', { type: 'i32', dims: [4], data: Int32Array.of(1, temperature, topK, topP) }],
    ['draw', { type: 'u8', dims: [8], data: drawn(seed, index) }],
  ])
}

const VOCABS = [1, 2, 3, 7, 8, 33, 60]
const near = fc.integer({ min: -3, max: 3 })
const far = fc.integer({ min: -WIDEST, max: WIDEST })
const logit = fc.oneof(fc.integer({ min: -20_000, max: 20_000 }), near, { arbitrary: far, weight: 1 })
const asked = fc.record({
  logits: fc.constantFrom(...VOCABS).chain((length) => fc.array(logit, { minLength: length, maxLength: length })),
  temperature: fc.constantFrom(0, 1, 100, 700, 1000, 1001, 4000),
  topK: fc.constantFrom(0, 1, 2, 5, 40, GREATEST_SETTING),
  topP: fc.oneof(fc.constantFrom(1, 500_000, 900_000, 999_999, 1_000_000), fc.integer({ min: 1, max: 1_000_000 })),
  seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  index: fc.nat(5_000),
})

test('the graph chooses what the product and the literal reference choose', async () => {
  const executors = new Map(
    await Promise.all(
      VOCABS.map(async (vocab) => [vocab, await openWasm(choosingGraph(vocab), { threads: 1 })] as const),
    ),
  )
  const weights = weightTable()
  await fc.assert(
    fc.asyncProperty(asked, async (own) => {
      const { logits, temperature, topK, topP, seed, index } = own
      const outputs = await executors.get(logits.length)?.run(inputsFor(own))
      const token = Number(outputs?.get('token')?.data[0])
      const choice = { temperature, topK, topP, seed }
      expect(token).toBe(chooseToken({ logits: Int32Array.from(logits), choice, index, weights }))
      expect(token).toBe(chooseTokenLiterally(logits, temperature, topK, topP, seed, index))
    }),
    { numRuns: 400 },
  )
  await Promise.all([...executors.values()].map((executor) => executor.close()))
})

test('nothing in it leaves what is proved of it, at the ends of every setting', async () => {
  const reference = openReference(choosingGraph(8))
  const weights = weightTable()
  const level = [5, 5, 5, 5, 5, 5, 5, 5]
  const steep = [WIDEST, -WIDEST, 0, WIDEST, WIDEST - 71_679, WIDEST - 71_680, WIDEST - 131_071, WIDEST - 131_072]
  for (const logits of [level, steep])
    for (const [temperature, topK, topP] of [
      [0, 1, 1],
      [1, GREATEST_SETTING, 1_000_000],
      [4000, 0, 1_000_000],
      [4000, 8, 999_999],
      [4000, 7, 1],
    ] as const)
      for (const byte of [0, 1, 255]) {
        const own = { logits, temperature, topK, topP, seed: new Uint8Array(32).fill(byte), index: byte }
        const token = (await reference.run(inputsFor(own))).get('token')?.data[0]
        expect(token).toBe(chooseToken({ logits: Int32Array.from(logits), choice: own, index: byte, weights }))
      }
})
