import type { BoundGraph } from '../profile/index.ts'
import type { Heap } from './heap.ts'
import { KernelLibrary } from './kernelLibrary.ts'
import { makePlan, type Plan } from './plan/makePlan.ts'
import type { WeightStore } from './plan/weightStore.ts'
import type { Team } from './threads/team.ts'

/** A plan whose weights are placed and whose kernels are compiled. */
type PreparedPlan = {
  readonly plan: Plan
  /** Number of each step's kernel. */
  readonly kernels: readonly number[]
}

/** A plan that is ready to run: its constants and parameters are in the arena at that address. */
export type LoadedPlan = PreparedPlan & { readonly arena: number }

export type PlanLoader = {
  /** Places weights and compiles kernels for a bound graph. Throws `WasmMemoryError` where a run of it would not have enough memory. */
  prepare(bound: BoundGraph): void
  /** Makes a plan for a bound graph and tensors to show, or finds it again, and makes it ready to run. */
  load(bound: BoundGraph, watched: ReadonlySet<string>): LoadedPlan
}

/** Plans kept of one binding, by the tensors that they show: the plain one, and what a dispute or an audit asks for again and again. */
const KEPT = 4

export function createPlanLoader(heap: Heap, weights: WeightStore, team: Team): PlanLoader {
  const library = new KernelLibrary()
  const known = new WeakMap<BoundGraph, Map<string, PreparedPlan>>()
  let loaded: LoadedPlan | undefined

  const ready = (bound: BoundGraph, watched: ReadonlySet<string>): PreparedPlan => {
    const plans = known.get(bound) ?? new Map<string, PreparedPlan>()
    known.set(bound, plans)
    const key = [...watched].join('\n')
    const found = plans.get(key)
    plans.delete(key)
    const own = found ?? prepare(bound, watched)
    plans.set(key, own)
    for (const oldest of plans.keys()) if (plans.size > KEPT) plans.delete(oldest)
    return own
  }

  const prepare = (bound: BoundGraph, watched: ReadonlySet<string>): PreparedPlan => {
    const plan = makePlan(bound, weights, watched)
    const kernels = plan.steps.map(({ kernel }) => kernel)
    const module = library.moduleFor(kernels, heap.shared)
    if (module) team.link(module)
    return { plan, kernels: kernels.map((kernel) => library.numberOf(kernel)) }
  }

  return {
    prepare(bound) {
      heap.checkArena(prepare(bound, new Set()).plan.arenaBytes)
    },
    load(bound, watched) {
      const { plan, kernels } = ready(bound, watched)
      const arena = heap.arena(plan.arenaBytes)
      if (loaded?.plan === plan && loaded.arena === arena) return loaded
      heap.write(arena, plan.image)
      const words = new Int32Array(heap.memory.buffer, arena, plan.image.length / 4)
      for (const at of plan.relocations) words[at] = (words[at] ?? 0) + arena
      loaded = { plan, arena, kernels }
      return loaded
    },
  }
}
