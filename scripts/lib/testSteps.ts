import type { Command } from './runCommand.ts'

export type Step = Command & {
  /** What `npm test -- --only <name>` calls it. */
  name: string
}

/** Everything that must hold before a change is accepted, quick checks first. */
export const TEST_STEPS: readonly Step[] = [
  { name: 'format', program: 'biome', args: ['check', '.'] },
  { name: 'contractFormat', program: 'forge', args: ['fmt', '--check'], folder: 'contracts' },
  { name: 'imports', program: 'depcruise', args: ['.'] },
  { name: 'types', program: 'tsc', args: ['--noEmit'] },
  { name: 'webTypes', program: 'tsc', args: ['--noEmit', '--project', 'apps/web'] },
  { name: 'hashing', program: 'node', args: ['scripts/generateHashing.ts', '--check'] },
  { name: 'generated', program: 'node', args: ['scripts/generateContracts.ts', '--check'] },
  {
    name: 'contracts',
    program: 'forge',
    // Gas figures are part of what is promised: a change shows as a difference from contracts/snapshots. Always compiled as a whole: what the optimizer makes
    // of one contract depends on which others are compiled with it.
    args: ['test', '--force', '--gas-snapshot-check', 'true', '--gas-snapshot-emit', 'false'],
    folder: 'contracts',
    live: true,
  },
  { name: 'vitest', program: 'vitest', args: ['run'], live: true },
]

/** A mistake in the arguments; the message is for whoever typed them. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * The steps that the arguments of `npm test` ask for: none for all, `--only <step>` for one, anything else goes to vitest alone (a path,
 * `-t <name>`).
 * @throws UsageError
 */
export function selectSteps(args: readonly string[], steps = TEST_STEPS): Step[] {
  if (args.length === 0) return [...steps]
  if (args[0] !== '--only') {
    return steps.filter((step) => step.name === 'vitest').map((step) => ({ ...step, args: [...step.args, ...args] }))
  }
  const [, name, ...rest] = args
  const names = steps.map((step) => step.name).join(', ')
  if (rest.length > 0) throw new UsageError(`--only takes one step: ${names}.`)
  const selected = steps.filter((step) => step.name === name)
  if (selected.length === 0) throw new UsageError(`No step is called ${JSON.stringify(name ?? '')}. Steps: ${names}.`)
  return selected
}
