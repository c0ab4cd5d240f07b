import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inTurn } from './inTurn.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-turn-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('what two want to do is done one after the other, and leaves nothing behind', async () => {
  const claim = join(folder, 'claim')
  const told: string[] = []
  const both = ['a', 'b'].map((name) =>
    inTurn(claim, async () => {
      told.push(`${name} begins`)
      await new Promise(setImmediate)
      told.push(`${name} ends`)
    }),
  )
  await Promise.all(both)
  const [first, second] = told[0] === 'a begins' ? ['a', 'b'] : ['b', 'a']
  expect(told).toEqual([`${first} begins`, `${first} ends`, `${second} begins`, `${second} ends`])
  expect(await readdir(folder)).toEqual([])
})

test('who ended without leaving the claim, and a folder that is not there, hold nobody up', async () => {
  const claim = join(folder, 'claim')
  const { pid } = spawnSync(process.execPath, ['--version'])
  await writeFile(claim, String(pid))
  expect(await inTurn(claim, async () => 'done')).toBe('done')
  expect(await inTurn(join(folder, 'nowhere', 'claim'), async () => 'done')).toBe('done')
})

test('what fails leaves the claim as well', async () => {
  const claim = join(folder, 'claim')
  await expect(inTurn(claim, () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory')
  expect(await inTurn(claim, async () => 'done')).toBe('done')
})
