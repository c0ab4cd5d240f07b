import { type FloatGraph, readsOf, type Step } from '../step.ts'

/** Who makes and who reads each tensor of a graph. */
export type Uses = {
  maker(name: string): Step | undefined
  readers(name: string): readonly Step[]
  /** Whether `name` is read by one step only, and is no output: then it may vanish into that step. */
  isPrivate(name: string): boolean
}

export function usesOf({ steps, outputs }: Pick<FloatGraph, 'steps' | 'outputs'>): Uses {
  const makers = new Map(steps.map((step) => [step.name, step]))
  const readers = new Map<string, Step[]>()
  for (const step of steps) {
    for (const name of new Set(readsOf(step))) readers.set(name, [...(readers.get(name) ?? []), step])
  }
  const kept = new Set(outputs)
  return {
    maker: (name) => makers.get(name),
    readers: (name) => readers.get(name) ?? [],
    isPrivate: (name) => !kept.has(name) && readers.get(name)?.length === 1,
  }
}
