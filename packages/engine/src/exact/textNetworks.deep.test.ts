import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PACKAGE_DIR } from '../convert/testing/embeddingPackage.ts'
import { convertExactEmbedding } from '../quantize/embedding/convertExactEmbedding.ts'
import { openOnnxRuntime } from './onnxruntime/openOnnxRuntime.ts'
import { type ExactGraph, loadExactGraph } from './profile/index.ts'
import { openReference } from './reference/openReference.ts'
import { randomFrom } from './testing/graphs/random.ts'
import { tensor } from './testing/values.ts'
import { traceOf } from './trace/traceOf.ts'
import { elementsOf, type Value } from './value.ts'
import { openWasm } from './wasm/openWasm.ts'

const SCRIBE = fileURLToPath(new URL('../../../../apps/cli/assets/scribe/model.onnx', import.meta.url))

let folder = ''
let encoder: ExactGraph
let decoder: ExactGraph
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'text-networks-'))
  const { modelPath } = await convertExactEmbedding({ packageDir: PACKAGE_DIR, outDir: folder })
  encoder = loadExactGraph(await readFile(modelPath))
  decoder = loadExactGraph(await readFile(SCRIBE))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function rootsOf(graph: ExactGraph, inputs: ReadonlyMap<string, Value>): Promise<Record<string, string>> {
  const roots: Record<string, string> = {}
  for (const executor of [openReference(graph), await openOnnxRuntime(graph), await openWasm(graph)]) {
    roots[executor.kind] = (await traceOf(executor, graph, inputs)).root
    await executor.close()
  }
  return roots
}

const same = (roots: Record<string, string>) =>
  expect(roots).toEqual({ reference: roots.reference, onnxruntime: roots.reference, wasm: roots.reference })

test.each([1, 7, 40, 128])('the sentence encoder has one trace of %i pieces in all executors', async (pieces) => {
  const random = randomFrom(pieces)
  const ids = Array.from({ length: pieces }, () => random.int(0, 7999))
  same(await rootsOf(encoder, new Map([['ids', tensor('i64', ids, [pieces])]])))
})

/** Texts beside each other, new positions, room for earlier ones; keys and values hold every byte. */
test.each([
  [1, 1, 64],
  [2, 5, 128],
  [1, 64, 64],
] as const)('the language model has one trace of %i × %i tokens after %i in all executors', async (B, T, L) => {
  const random = randomFrom(B + T + L)
  const lengths: Record<string, number> = { B, T, L }
  const inputs = new Map(
    decoder.model.inputs.map(({ name, type, dims = [] }): [string, Value] => {
      const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : (lengths[dim ?? ''] ?? 1)))
      const element = (i: number): number =>
        name === 'ids' ? random.int(0, 2047) : name === 'position' ? (L === 64 ? 0 : 3) + (i % T) : random.int(0, 255)
      const elements = Array.from({ length: elementsOf(sizes) }, (_, i) => element(i))
      return [name, tensor(type === 'u8' ? 'u8' : 'i64', elements, sizes)]
    }),
  )
  same(await rootsOf(decoder, inputs))
})
