import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { forgeBinary } from './forgeBinary.ts'

test('is forge', () => {
  expect(execFileSync(forgeBinary(), ['--version']).toString()).toMatch(/^forge Version: 1\./)
})

test('says what to do where there is none', () => {
  expect(() => forgeBinary('aix', 'ppc64')).toThrow('forge is not installed for aix ppc64')
})
