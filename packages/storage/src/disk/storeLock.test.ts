import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StoreBusyError } from '../errors.ts'
import { storeLock } from './storeLock.ts'

async function lockFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'lock.sqlite')
}

test('two locks on one file never run at once', async () => {
  const path = await lockFile()
  let inside = 0
  const work = async () => {
    expect(++inside).toBe(1)
    await new Promise(setImmediate)
    inside--
  }
  const [first, second] = [storeLock(path), storeLock(path)]
  await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? first : second)(work)))
})

test('gives up with a typed error that says to try again, and is free afterwards', async () => {
  const path = await lockFile()
  const [holder, waiter] = [storeLock(path), storeLock(path, 20)]
  await holder(async () => {
    const error = await waiter(async () => {}).catch((reason) => reason)
    expect(error).toBeInstanceOf(StoreBusyError)
    expect(error.retry).toBe(true)
  })
  expect(await waiter(async () => 'free')).toBe('free')
})

test('a failure within passes through and releases the lock', async () => {
  const lock = storeLock(await lockFile())
  await expect(lock(() => Promise.reject(new Error('inside')))).rejects.toThrow('inside')
  expect(await lock(async () => 'free')).toBe('free')
})
