import { readFile } from 'node:fs/promises'
import { assertTensor, type Tensor } from '@stoa/protocol'
import type { ExecutorKind } from '../../exact/executor.ts'
import { type OpenedExact, openExact } from '../../exact/openExact.ts'
import type { ExactGraph } from '../../exact/profile/index.ts'
import { graphTensor } from '../../exact/trace/index.ts'
import { InvalidModelError } from '../errors.ts'
import { type Bind, judgedBinding } from '../judgedBinding.ts'
import type { Model } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { readInputs } from './readInputs.ts'

export type OpenGraphParameters = {
  /** `model.onnx`, and `formulas.bin` where a contract judges the answers → absolute path. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice. */
  threads?: number
  /** What computes the graph; the fastest that is exact on this machine where left out. */
  executor?: 'auto' | ExecutorKind
}

/**
 * Opens any graph of the exact profile (specs/tasks.md, "graph"): tensors in, tensors out. Throws `InvalidModelError` when the file is no such graph, or names
 * an input or output as no tensor of the protocol is named.
 */
export async function openGraph({ files, ...options }: OpenGraphParameters): Promise<Model> {
  const { 'model.onnx': path, 'formulas.bin': formulasPath } = files
  if (!path) throw refused('"model.onnx" is needed')
  const bytes = await readFile(path).catch((cause) => {
    throw refused('model.onnx can not be read', cause)
  })
  const opened = await openExact({ bytes, ...options }).catch((cause) => {
    throw refused('model.onnx can not be loaded', cause)
  })
  try {
    checkNames(opened.graph)
    const bind = await judgedBinding('graph', opened.graph, formulasPath)
    return modelFrom({
      task: 'graph',
      answer: (request, signal) => answer({ ...opened, bind }, request, signal),
      release: () => opened.executor.close(),
    })
  } catch (error) {
    await opened.executor.close()
    throw error
  }
}

function checkNames({ model }: ExactGraph): void {
  for (const { name } of [...model.inputs, ...model.outputs]) {
    try {
      assertTensor({ name, dtype: 'u8', dims: [0], data: new Uint8Array() })
    } catch (cause) {
      throw refused(`"${name}" is no name of a tensor: lower case letters, digits and _, at most 32`, cause)
    }
  }
}

type Parts = OpenedExact & { bind: Bind }

async function answer(
  { graph, executor, bind }: Parts,
  request: readonly Tensor[],
  signal: AbortSignal | undefined,
): Promise<Tensor[]> {
  const inputs = readInputs(graph, request)
  const { facts } = bind(inputs)
  signal?.throwIfAborted()
  const outputs = await executor.run(inputs)
  return graph.model.outputs.map(({ name }) => {
    const [value, known] = [outputs.get(name), facts.get(name)]
    if (!value || !known) throw new TypeError(`the executor did not give the output "${name}"`)
    return graphTensor(name, value, known.stored)
  })
}

const refused = (why: string, cause?: unknown): InvalidModelError => new InvalidModelError('graph', why, cause)
