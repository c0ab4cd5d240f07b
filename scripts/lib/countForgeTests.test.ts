import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { countForgeTests } from './countForgeTests.ts'
import { ROOT, runCommand } from './runCommand.ts'

test('counts what forge says of a project with tests that pass and one that fails', async () => {
  const project = await mkdtemp(join(tmpdir(), 'stoa-forge-'))
  onTestFinished(() => rm(project, { recursive: true, force: true }))
  const settings = `[profile.default]\nsrc = "."\ntest = "."\noffline = true\nsolc = "${join(ROOT, 'scripts/solc.mjs')}"\n`
  await writeFile(join(project, 'foundry.toml'), settings)
  const contract = (name: string, body: string) => `contract ${name} { ${body} }`
  const source = [
    '// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.0;',
    contract('FirstTest', 'function test_one() public pure {} function test_two() public pure { assert(1 > 2); }'),
    contract('SecondTest', 'function testFuzz_three(uint8 x) public pure { assert(x < 256); }'),
  ]
  await writeFile(join(project, 'Two.t.sol'), source.join('\n'))
  const { ok, output } = await runCommand({ program: 'forge', args: ['test', '--json', '--root', project] })
  expect(ok).toBe(false)
  expect(countForgeTests(output)).toEqual({ passed: 2, failed: 1 })
})

test('no tests at all', () => {
  expect(countForgeTests('Nothing to compile')).toEqual({ passed: 0, failed: 0 })
})
