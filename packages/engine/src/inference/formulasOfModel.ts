import { formulasFile, formulasOf } from '../exact/formula/index.ts'
import { type ExactGraph, loadExactGraph } from '../exact/profile/index.ts'
import { decoderShape } from '../llama/generate/decoderShape.ts'
import { GENERATE_GRAPH, generateGraph } from '../llama/generate/judged/generateGraph.ts'
import { writeOnnxModel } from '../onnx/writeOnnxModel.ts'
import { InvalidModelError } from './errors.ts'
import type { Task } from './model.ts'

/**
 * Contents of `formulas.bin` for a model's .onnx files, by their names: what commits it to being judged (specs/formulas.md). Throws `NoFormulasError` for a
 * model that is exact but that no contract can judge, `InvalidModelError` for one that is none of its task, and what `loadExactGraph` throws.
 */
export function formulasOfModel(task: Task, files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const graphs = Object.entries(files).map(([path, bytes]) => [path, loadExactGraph(bytes)] as const)
  const judged = task === 'generate' ? graphs.map(([, graph]) => [GENERATE_GRAPH, tokenGraph(graph)] as const) : graphs
  return formulasFile(new Map(judged.map(([path, graph]) => [path, formulasOf(graph).root])))
}

/** The graph of one generated token, which is what a contract judges of a decoder. */
function tokenGraph({ model }: ExactGraph): ExactGraph {
  const shape = decoderShape(model)
  if (typeof shape === 'string') throw new InvalidModelError('generate', `model.onnx is no decoder: ${shape}`)
  return loadExactGraph(writeOnnxModel(generateGraph(model, shape)))
}
