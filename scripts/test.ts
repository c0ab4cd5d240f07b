/**
 * `npm test`: everything that must hold, step by step, stopping at the first that fails.
 *
 *     npm test                       all steps
 *     npm test -- packages/storage   vitest only, with this filter
 *     npm test -- --only types       one step
 *
 * Exit codes: 0 all passed, 1 a step failed, 2 a mistake in the arguments.
 */
import { runCommand } from './lib/runCommand.ts'
import { type Step, selectSteps, UsageError } from './lib/testSteps.ts'

async function main(args: readonly string[]): Promise<number> {
  let steps: Step[]
  try {
    steps = selectSteps(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(error.message)
    return 2
  }
  let total = 0
  for (const step of steps) {
    if (step.live) console.log(`… ${step.name}`)
    const { ok, output, seconds } = await runCommand(step)
    total += seconds
    if (!ok) {
      console.error(output)
      console.error(`✗ ${step.name.padEnd(10)} ${seconds.toFixed(1)} s   again: npm test -- --only ${step.name}`)
      return 1
    }
    console.log(`✓ ${step.name.padEnd(10)} ${seconds.toFixed(1)} s`)
  }
  if (steps.length > 1) console.log(`✓ all passed in ${total.toFixed(0)} s`)
  return 0
}

process.exitCode = await main(process.argv.slice(2))
