import { expect, test } from 'vitest'
import { openOnnxRuntime } from './onnxruntime/openOnnxRuntime.ts'
import { differencesOf } from './testing/randomRun.ts'
import { openWasm } from './wasm/openWasm.ts'

const GRAPHS = 150
const PART = 50

/** Every carried tensor of random graphs whose sums reach their bounds; `npm run test:deep` takes 10,000 of them. */
test.each(Array.from({ length: GRAPHS / PART }, (_, part) => part * PART))(
  'executors agree with the reference on random graphs from %i on',
  async (from) => {
    const found: string[] = []
    for (let seed = from; seed < from + PART; seed++) {
      found.push(
        ...(await differencesOf(seed, [
          (graph) => openOnnxRuntime(graph, { threads: 1 }),
          (graph) => openWasm(graph, { threads: 1 }),
        ])),
      )
    }
    expect(found).toEqual([])
  },
)
