import { bindInputs } from '../bindInputs.ts'
import type { Executor, WatchOptions } from '../executor.ts'
import { type BoundGraph, type ExactGraph, isCarried } from '../profile/index.ts'
import type { Value } from '../value.ts'
import { Heap } from './heap.ts'
import { coreCount } from './host.ts'
import { KernelLibrary } from './kernelLibrary.ts'
import { makePlan, type Plan } from './plan/makePlan.ts'
import { WeightStore } from './plan/weightStore.ts'
import { readTensor, writeTensor } from './tensors.ts'
import { MAX_THREADS } from './threads/control.ts'
import { startTeam } from './threads/team.ts'

/**
 * Opens an exact graph in WebAssembly with 128-bit vectors, never relaxed ones. Kernels are made for the graph: a sum of products and the
 * elementwise operators after it are one loop. A run blocks the thread that asks for it. Weights are placed once; watched tensors are shown
 * as they are made, so that `segmentBytes` has nothing to bound. Throws `WasmMemoryError` where 4 GiB do not suffice.
 *
 * @param threads of one run, this one included; as many as there are cores where left out. One where memory cannot be shared.
 */
export async function openWasm(graph: ExactGraph, { threads }: { threads?: number } = {}): Promise<Executor> {
  const canShare = typeof SharedArrayBuffer !== 'undefined'
  const count = canShare ? Math.min(threads ?? (await coreCount()), MAX_THREADS) : 1
  const heap = new Heap(count > 1)
  const team = await startTeam(heap, count)
  const weights = new WeightStore(heap, graph)
  const library = new KernelLibrary()
  const bind = bindInputs(graph)
  const plans = new WeakMap<BoundGraph, Map<string, Plan>>()
  let loaded: { plan: Plan; arena: number } | undefined

  const planFor = (bound: BoundGraph, watched: ReadonlySet<string>): Plan => {
    const known = plans.get(bound) ?? new Map<string, Plan>()
    plans.set(bound, known)
    const key = [...watched].join('\n')
    const plan = known.get(key) ?? makePlan(bound, weights, watched)
    known.set(key, plan)
    const module = library.moduleFor(
      plan.steps.map(({ kernel }) => kernel),
      heap.shared,
    )
    if (module) team.link(module)
    return plan
  }

  /** Puts the plan's constants and parameters into the arena, unless they are there. */
  const load = (plan: Plan): number => {
    const arena = heap.arena(plan.arenaBytes)
    if (loaded?.plan === plan && loaded.arena === arena) return arena
    heap.write(arena, plan.image)
    const words = new Int32Array(heap.memory.buffer, arena, plan.image.length / 4)
    for (const at of plan.relocations) words[at] = (words[at] ?? 0) + arena
    loaded = { plan, arena }
    return arena
  }

  return {
    kind: 'wasm',
    // From here to the end nothing is awaited, so that runs that overlap take turns.
    async run(inputs, options = {}) {
      const bound = bind(inputs)
      const plan = planFor(bound, watchedOf(bound, options))
      const arena = load(plan)
      const { memory } = heap
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
      for (const [index, { kernel, words, units, unitCost }] of plan.steps.entries()) {
        team.run(library.numberOf(kernel), arena + words, units, unitCost)
        show(index + 1)
      }
      return new Map(
        [...plan.outputs].map(([name, tensor]): [string, Value] => [name, readTensor(memory, arena, tensor)]),
      )
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
