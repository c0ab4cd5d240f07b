import { readFile } from 'node:fs/promises'
import { bindInputs } from '../exact/bindInputs.ts'
import { checkFormulasFile, checkLengths, type Formulas, formulasOf } from '../exact/formula/index.ts'
import type { BoundGraph } from '../exact/profile/boundGraph.ts'
import type { ExactGraph } from '../exact/profile/index.ts'
import type { Value } from '../exact/value.ts'
import { InvalidModelError, WrongFormulasError } from './errors.ts'
import type { Task } from './model.ts'

/**
 * What binds a graph to a request's inputs. Where a contract judges the graph, only to lengths with which it is what its formulas say: a seller must not answer
 * others.
 *
 * @param formulasPath Of `formulas.bin`; undefined where nobody judges. A contract judges by what it names, so it must be that of the graph that is computed:
 * else throws `WrongFormulasError`, and `InvalidModelError` where it can't be read.
 */
export async function judgedBinding(
  task: Task,
  graph: ExactGraph,
  formulasPath: string | undefined,
): Promise<(inputs: ReadonlyMap<string, Value>) => BoundGraph> {
  const bind = bindInputs(graph)
  if (!formulasPath) return bind
  const committed = await readFile(formulasPath).catch((cause) => {
    throw new InvalidModelError(task, 'formulas.bin can not be read', cause)
  })
  const formulas = checkedFormulas(task, graph, committed)
  const judged = new WeakSet<BoundGraph>()
  return (inputs) => {
    const bound = bind(inputs)
    if (!judged.has(bound)) {
      checkLengths(formulas, bound)
      judged.add(bound)
    }
    return bound
  }
}

function checkedFormulas(task: Task, graph: ExactGraph, committed: Uint8Array): Formulas {
  try {
    const formulas = formulasOf(graph)
    checkFormulasFile(committed, new Map([['model.onnx', formulas.root]]))
    return formulas
  } catch (cause) {
    throw new WrongFormulasError(task, cause)
  }
}
