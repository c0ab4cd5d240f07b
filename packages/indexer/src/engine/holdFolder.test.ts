import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { holdFolder } from './holdFolder.ts'

function newFolder(): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-hold-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { folder, file: join(folder, 'pid') }
}

test('a folder that another process is just taking is left to it', async () => {
  const { folder, file } = newFolder()
  // Made, and the number not written yet.
  writeFileSync(file, '')
  const held = holdFolder(folder)
  await sleep(300)
  expect(readFileSync(file, 'utf8')).toBe('')
  rmSync(file)
  await held
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}`)
})

test("a dead process's hold is void", async () => {
  const { folder, file } = newFolder()
  // Beyond the largest number that Linux gives a process.
  writeFileSync(file, `${2 ** 22 + 1}`)
  await holdFolder(folder)
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}`)
})
