import { expect, test } from 'vitest'
import { selectSteps, TEST_STEPS, UsageError } from './testSteps.ts'

test('no arguments: every step, quick checks first', () => {
  expect(selectSteps([]).map((step) => step.name)).toEqual([
    'format',
    'contractFormat',
    'imports',
    'types',
    'webTypes',
    'hashing',
    'generated',
    'contracts',
    'vitest',
  ])
})

test('--only: that step as it is', () => {
  for (const step of TEST_STEPS) expect(selectSteps(['--only', step.name])).toEqual([step])
})

test('anything else: vitest with it', () => {
  const [vitest, ...none] = selectSteps(['packages/storage', '-t', 'CID'])
  expect(vitest?.args).toEqual(['run', 'packages/storage', '-t', 'CID'])
  expect(none).toEqual([])
})

test.each([
  [
    ['--only'],
    'No step is called "". Steps: format, contractFormat, imports, types, webTypes, hashing, generated, contracts, vitest.',
  ],
  [
    ['--only', 'lint'],
    'No step is called "lint". Steps: format, contractFormat, imports, types, webTypes, hashing, generated, contracts, vitest.',
  ],
  [
    ['--only', 'types', 'vitest'],
    '--only takes one step: format, contractFormat, imports, types, webTypes, hashing, generated, contracts, vitest.',
  ],
])('%j is a mistake', (args, message) => {
  expect(() => selectSteps(args)).toThrow(new UsageError(message))
})
