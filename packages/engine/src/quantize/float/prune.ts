import { readsOf, type Step } from './step.ts'

/** The steps that the outputs depend on, in their order. */
export function prune(steps: readonly Step[], outputs: readonly string[]): Step[] {
  const names = new Set(outputs)
  const kept = steps.toReversed().filter((step) => {
    if (!names.has(step.name)) return false
    for (const input of readsOf(step)) names.add(input)
    return true
  })
  return kept.reverse()
}
