export type TestCounts = { passed: number; failed: number }

/**
 * Counts the tests in what `forge test --json` prints: an object of suites, each with `test_results` by signature and a `status` each.
 * Anything before the object (compiler messages) is skipped.
 */
export function countForgeTests(output: string): TestCounts {
  const line = output.split('\n').find((text) => text.startsWith('{'))
  const suites: Record<string, { test_results: Record<string, { status: string }> }> = JSON.parse(line ?? '{}')
  const results = Object.values(suites).flatMap((suite) => Object.values(suite.test_results))
  const failed = results.filter((result) => result.status === 'Failure').length
  return { passed: results.filter((result) => result.status === 'Success').length, failed }
}
