import type { BoundGraph } from '../profile/index.ts'
import type { Heap } from './heap.ts'
import { KernelLibrary } from './kernelLibrary.ts'
import { makePlan, type Plan } from './plan/makePlan.ts'
import type { WeightStore } from './plan/weightStore.ts'
import type { Team } from './threads/team.ts'

/** A plan whose constants and parameters are in the arena at that address, and whose kernels are compiled. */
export type LoadedPlan = {
  readonly arena: number
  readonly plan: Plan
  /** Number of each step's kernel. */
  readonly kernels: readonly number[]
}

export type PlanLoader = (bound: BoundGraph, watched: ReadonlySet<string>) => LoadedPlan

/** Returns a function that makes a plan for a bound graph and tensors to show, or finds it again, and makes it ready to run. */
export function createPlanLoader(heap: Heap, weights: WeightStore, team: Team): PlanLoader {
  const library = new KernelLibrary()
  const known = new WeakMap<BoundGraph, Map<string, { plan: Plan; kernels: readonly number[] }>>()
  let loaded: LoadedPlan | undefined

  const ready = (bound: BoundGraph, watched: ReadonlySet<string>) => {
    const plans = known.get(bound) ?? new Map<string, { plan: Plan; kernels: readonly number[] }>()
    known.set(bound, plans)
    const key = [...watched].join('\n')
    const found = plans.get(key)
    if (found) return found
    const plan = makePlan(bound, weights, watched)
    const kernels = plan.steps.map(({ kernel }) => kernel)
    const module = library.moduleFor(kernels, heap.shared)
    if (module) team.link(module)
    const made = { plan, kernels: kernels.map((kernel) => library.numberOf(kernel)) }
    plans.set(key, made)
    return made
  }

  return (bound, watched) => {
    const { plan, kernels } = ready(bound, watched)
    const arena = heap.arena(plan.arenaBytes)
    if (loaded?.plan === plan && loaded.arena === arena) return loaded
    heap.write(arena, plan.image)
    const words = new Int32Array(heap.memory.buffer, arena, plan.image.length / 4)
    for (const at of plan.relocations) words[at] = (words[at] ?? 0) + arena
    loaded = { plan, arena, kernels }
    return loaded
  }
}
