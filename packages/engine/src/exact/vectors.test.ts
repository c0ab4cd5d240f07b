import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { openOnnxRuntime } from './onnxruntime/openOnnxRuntime.ts'
import { AT_BINDING, RULES } from './profile/bindGraph.ts'
import { InvalidExactModelError, loadExactGraph } from './profile/index.ts'
import { openReference } from './reference/openReference.ts'
import { differences } from './testing/compareExecutors.ts'
import { makeExactVectors, valuesOf } from './testing/reference/vectors.ts'
import { traceOf } from './trace/traceOf.ts'
import { openWasm } from './wasm/openWasm.ts'

type Vectors = ReturnType<typeof makeExactVectors>
const file = new URL('../../../../specs/vectors/exact.json', import.meta.url)
const vectors: Vectors = JSON.parse(await readFile(file, 'utf8'))

describe('committed vectors', () => {
  test('are what the literal interpreter says', () => {
    expect(JSON.parse(JSON.stringify(makeExactVectors()))).toEqual(vectors)
  })

  test('have every operator of the profile', () => {
    const graphs = vectors.graphs.map(({ model }) => loadExactGraph(Buffer.from(model, 'base64')))
    const used = new Set(graphs.flatMap(({ model }) => model.nodes.map(({ op }) => op)))
    expect([...Object.keys(RULES), ...AT_BINDING].filter((op) => !used.has(op))).toEqual([])
  })

  test.each(vectors.graphs)('hold in every executor: $name', async ({ model, inputs, outputs, traceRoot, entries }) => {
    const graph = loadExactGraph(Buffer.from(model, 'base64'))
    const executors = [
      openReference(graph),
      await openOnnxRuntime(graph, { threads: 1 }),
      await openWasm(graph, { threads: 1 }),
    ]
    for (const executor of executors) {
      const run = await traceOf(executor, graph, valuesOf(inputs))
      expect({ kind: executor.kind, root: run.root, entries: run.entries.length }).toEqual({
        kind: executor.kind,
        root: traceRoot,
        entries,
      })
      expect(differences(valuesOf(outputs), run.outputs)).toEqual([])
      await executor.close()
    }
  })

  test.each(vectors.refused)('are refused: $name', ({ model, node }) => {
    const load = () => loadExactGraph(Buffer.from(model, 'base64'))
    expect(load).toThrow(InvalidExactModelError)
    expect(load).toThrow(expect.objectContaining({ node: node ?? undefined }))
  })
})
