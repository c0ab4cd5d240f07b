import { expect, test } from 'vitest'
import { runCommand } from './runCommand.ts'

const node = (code: string, env = {}) => runCommand({ program: 'node', args: ['-e', code], env })

test('returns what a command says on both channels, and that it succeeded', async () => {
  const result = await node('console.log(process.env.WORD); console.error("two")', { WORD: 'one' })
  expect(result).toMatchObject({ ok: true })
  expect(result.output.split('\n').sort()).toEqual(['', 'one', 'two'])
})

test('a command that fails or is killed is not ok', async () => {
  expect((await node('process.exit(3)')).ok).toBe(false)
  expect((await node('process.kill(process.pid, "SIGKILL")')).ok).toBe(false)
})

test('finds the tools of this repository first, and the Node that it is made for', async () => {
  expect((await node('console.log(process.versions.node.split(".")[0])')).output).toBe('24\n')
  expect((await runCommand({ program: 'biome', args: ['--version'] })).ok).toBe(true)
})

test('a program that is not there is an error', async () => {
  await expect(runCommand({ program: 'no-such-program', args: [] })).rejects.toThrow('ENOENT')
})
