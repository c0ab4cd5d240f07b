/**
 * `npm run test:deep`: the tests that take too long for every change: `*.deep.test.ts`, and the contracts with the fuzz and invariant
 * runs of forge's profile `deep`. Writes what came out to benchmarks/results/deep.json, passed or not; exit code 1 if anything failed.
 *
 *     npm run test:deep                all
 *     npm run test:deep -- chaos       only files whose path has this in it; nothing is written
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { countForgeTests, type TestCounts } from './lib/countForgeTests.ts'
import { ROOT, runCommand } from './lib/runCommand.ts'

type DeepResult = TestCounts & { seconds: number }

async function deepVitest(filters: readonly string[]): Promise<DeepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-deep-'))
  try {
    const report = join(folder, 'report.json')
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters]
    const { seconds } = await runCommand({ program: 'vitest', args, env: { STOA_TEST_DEEP: '1' }, live: true })
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(await readFile(report, 'utf8'))
    // A file that cannot even be loaded has no tests to fail.
    return {
      passed: numPassedTests,
      failed: Math.max(numFailedTests, numFailedTestSuites),
      seconds: Math.round(seconds),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function deepForge(): Promise<DeepResult> {
  const command = { program: 'forge', args: ['test', '--json'], folder: 'contracts', env: { FOUNDRY_PROFILE: 'deep' } }
  const { ok, output, seconds } = await runCommand(command)
  const counts = countForgeTests(output)
  if (!ok) console.error(output)
  return { passed: counts.passed, failed: ok ? 0 : Math.max(counts.failed, 1), seconds: Math.round(seconds) }
}

const filters = process.argv.slice(2)
if (filters.length > 0) {
  const some = await deepVitest(filters)
  console.log(JSON.stringify(some))
  process.exit(some.failed > 0 ? 1 : 0)
}
const result = {
  date: new Date().toISOString(),
  machine: {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  },
  vitest: await deepVitest([]),
  forge: await deepForge(),
}
const folder = join(ROOT, 'benchmarks/results')
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'deep.json'), `${JSON.stringify(result, null, 2)}\n`)
console.log(JSON.stringify(result))
process.exitCode = result.vitest.failed + result.forge.failed > 0 ? 1 : 0
