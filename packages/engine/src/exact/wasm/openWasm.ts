import { bindInputs } from '../bindInputs.ts'
import type { Executor, WatchOptions } from '../executor.ts'
import { type BoundGraph, bindGraph, type ExactGraph, endDims, isCarried } from '../profile/index.ts'
import type { Value } from '../value.ts'
import { Heap } from './heap.ts'
import { coreCount } from './host.ts'
import { WeightStore } from './plan/weightStore.ts'
import { createPlanLoader } from './planLoader.ts'
import { readTensor, writeTensor } from './tensors.ts'
import { MAX_THREADS } from './threads/control.ts'
import { startTeam } from './threads/team.ts'

/**
 * Most threads of one run where nobody says how many. A helping thread costs some 20 MiB and 90 ms at its start (measured in Node 24), sleeps when
 * there is nothing to do, and a node opens several graphs side by side.
 */
const DEFAULT_THREADS = 8

/**
 * Opens an exact graph in WebAssembly with 128-bit vectors, never relaxed ones. Kernels are made for the graph: a sum of products and the
 * elementwise operators after it are one loop. A run blocks the thread that asks for it. Weights are placed once, here; watched tensors are shown
 * as they are made, so that `segmentBytes` has nothing to bound. Inputs of new lengths cost a binding and a plan (35 ms for
 * a sentence, 100 ms for a decoder of 100M) and no new weights; the last lengths' are kept (`bindInputs`). Throws `WasmMemoryError` where 4 GiB do not suffice for the longest inputs that the graph states.
 * A run throws `WasmThreadError` when a helping thread is lost, and so does every run after it.
 *
 * @param threads of one run, this one included; as many as there are cores, up to 8, where left out. One where memory cannot be shared.
 */
export async function openWasm(graph: ExactGraph, { threads }: { threads?: number } = {}): Promise<Executor> {
  const canShare = typeof SharedArrayBuffer !== 'undefined'
  const count = canShare ? Math.min(threads ?? Math.min(await coreCount(), DEFAULT_THREADS), MAX_THREADS) : 1
  const heap = new Heap(count > 1)
  const team = await startTeam(heap, count)
  const plans = createPlanLoader(heap, new WeightStore(heap, graph), team)
  try {
    plans.prepare(bindGraph(graph, endDims(graph, 'max')))
  } catch (error) {
    await team.end()
    throw error
  }
  const bind = bindInputs(graph)
  const { memory } = heap
  return {
    kind: 'wasm',
    // Nothing is awaited in here, so that runs that overlap take turns.
    async run(inputs, options = {}) {
      const bound = bind(inputs)
      const { plan, arena, kernels } = plans.load(bound, watchedOf(bound, options))
      for (const [name, value] of inputs) {
        const place = plan.inputs.get(name)
        if (place) writeTensor(memory, arena, place, value)
      }
      const show = (after: number): void => {
        for (const { name, tensor } of plan.shows.get(after) ?? []) {
          options.watch?.(name, readTensor(memory, arena, tensor))
        }
      }
      show(0)
      for (const [index, { words, units, unitCost }] of plan.steps.entries()) {
        team.run(kernels[index] ?? -1, arena + words, units, unitCost)
        show(index + 1)
      }
      const outputs = [...plan.outputs].map(([name, place]): [string, Value] => [
        name,
        readTensor(memory, arena, place),
      ])
      return new Map(outputs)
    },
    close: () => team.end(),
  }
}

/** Names of the tensors to show. */
function watchedOf(bound: BoundGraph, { watch, names }: Partial<WatchOptions>): ReadonlySet<string> {
  if (!watch) return new Set()
  const made = bound.nodes.flatMap((node) => node.outputs.filter((name) => name !== '' && !bound.constants.has(name)))
  return new Set(
    made.filter((name) => {
      const facts = bound.facts.get(name)
      return names ? names.has(name) : facts !== undefined && isCarried(facts)
    }),
  )
}
