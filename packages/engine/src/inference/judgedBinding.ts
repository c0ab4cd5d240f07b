import { readFile } from 'node:fs/promises'
import { bindInputs } from '../exact/bindInputs.ts'
import { checkFormulasFile, checkLengths, type Formulas, formulasOf } from '../exact/formula/index.ts'
import type { BoundGraph } from '../exact/profile/boundGraph.ts'
import type { ExactGraph } from '../exact/profile/index.ts'
import type { Value } from '../exact/value.ts'
import { InvalidModelError, WrongFormulasError } from './errors.ts'
import type { Task } from './model.ts'

/** Binds a graph to a request's inputs. */
export type Bind = (inputs: ReadonlyMap<string, Value>) => BoundGraph

/**
 * What binds graphs to a request's inputs, in their order. Where a contract judges them, only to lengths with which they are what their formulas say: a seller must not answer
 * others.
 *
 * @param graphs All of a bundle, by their paths.
 * @param formulasPath Of `formulas.bin`; undefined where nobody judges. A contract judges by what it names, so it must be that of the graphs that are computed:
 * else throws `WrongFormulasError`, and `InvalidModelError` where it can't be read.
 */
export async function judgedBindings<const Graphs extends readonly (readonly [path: string, graph: ExactGraph])[]>(
  task: Task,
  graphs: Graphs,
  formulasPath: string | undefined,
): Promise<{ [I in keyof Graphs]: Bind }> {
  const formulas = formulasPath === undefined ? undefined : await checkedFormulas(task, graphs, formulasPath)
  return graphs.map(([path, graph]) => bindingOf(graph, formulas?.get(path))) as { [I in keyof Graphs]: Bind }
}

/** The same for the one graph of a bundle, `model.onnx`. */
export async function judgedBinding(task: Task, graph: ExactGraph, formulasPath: string | undefined): Promise<Bind> {
  const [bind] = await judgedBindings(task, [['model.onnx', graph]], formulasPath)
  return bind
}

async function checkedFormulas(
  task: Task,
  graphs: readonly (readonly [path: string, graph: ExactGraph])[],
  formulasPath: string,
): Promise<ReadonlyMap<string, Formulas>> {
  const committed = await readFile(formulasPath).catch((cause) => {
    throw new InvalidModelError(task, 'formulas.bin can not be read', cause)
  })
  try {
    const formulas = new Map(graphs.map(([path, graph]) => [path, formulasOf(graph)] as const))
    checkFormulasFile(committed, new Map([...formulas].map(([path, { root }]) => [path, root])))
    return formulas
  } catch (cause) {
    throw new WrongFormulasError(task, cause)
  }
}

function bindingOf(graph: ExactGraph, formulas: Formulas | undefined): Bind {
  const bind = bindInputs(graph)
  if (!formulas) return bind
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
