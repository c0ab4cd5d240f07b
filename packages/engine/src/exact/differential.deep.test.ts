import { expect, test } from 'vitest'
import { openOnnxRuntime } from './onnxruntime/openOnnxRuntime.ts'
import { differencesOf } from './testing/randomRun.ts'
import { openWasm } from './wasm/openWasm.ts'

const GRAPHS = 10_000
const PART = 500

/** As in `differential.test.ts`, with other graphs, and threads that share the work. */
test.each(Array.from({ length: GRAPHS / PART }, (_, part) => 1000 + part * PART))(
  'executors agree with the reference on random graphs from %i on',
  async (from) => {
    const found: string[] = []
    for (let seed = from; seed < from + PART; seed++) {
      const threads = 1 + (seed % 2)
      found.push(
        ...(await differencesOf(seed, [
          (graph) => openOnnxRuntime(graph, { threads }),
          (graph) => openWasm(graph, { threads }),
        ])),
      )
    }
    expect(found).toEqual([])
  },
)
