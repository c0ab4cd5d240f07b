import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { type InProcess, openInProcess } from './openInProcess.ts'

const entry = new URL('./testing/unrulyProcess.ts', import.meta.url)
const MEMORY_MB = 96
let opened: InProcess<string, unknown>[] = []
afterEach(() => {
  for (const one of opened) one.close()
  opened = []
})

type Own = { runMs?: number; data?: unknown; env?: Record<string, string> }
function open({ runMs = 300_000, data = { a: 1n }, env = {} }: Own = {}): InProcess<string, unknown> {
  const one = openInProcess<string, unknown>({
    ...{ entry, data, memoryMb: MEMORY_MB, openMs: 300_000, runMs, env },
    closed: () => new Error('closed'),
    crashed: (details) => new Error(`crashed: ${details}`),
    tooLong: (milliseconds) => new Error(`longer than ${milliseconds} ms`),
  })
  opened.push(one)
  return one
}

test('answers in order, is opened with its data, and hands errors over', async () => {
  const one = open()
  const runs = ['a', 'bcd', 'data'].map((request) => one.run(request))
  expect(one.depth()).toBe(3)
  expect(await Promise.all(runs)).toEqual([1, 3, { a: 1n }])
  await expect(one.run('throw')).rejects.toMatchObject({ name: 'TypeError', message: 'no' })
  expect(one.depth()).toBe(0)
})

test('knows nothing of the environment of its parent', async () => {
  process.env.STOA_TEST_SECRET = 'a key'
  const names = (await open().run('env')) as string[]
  delete process.env.STOA_TEST_SECRET
  expect(names).not.toContain('STOA_TEST_SECRET')
  expect(names).not.toContain('HOME')
})

test('what never ends is killed when its time is up, and the next run has another process', async () => {
  // Enough for the other one to answer in, on a machine with much else to do.
  const one = open({ runMs: 10_000 })
  const [endless, next] = [one.run('spin'), one.run('after')]
  await expect(endless).rejects.toThrow('longer than 10000 ms')
  expect(await next).toBe(5)
})

test('what has answered in time has, also where the one who asked was held up until later', async () => {
  const one = open({ runMs: 5_000 })
  await one.ready()
  const run = one.run('after')
  heldUp(10_000)
  expect(await run).toBe(5)
})

test('where the system starts no process, everything that waits hears of it, and the caller lives on', async () => {
  // More than a program may be told at its start.
  const one = open({ env: { LONG: 'x'.repeat(2 ** 22) } })
  for (let turn = 0; turn < 2; turn++) {
    await expect(one.run('a')).rejects.toThrow('crashed: spawn E2BIG')
    expect(one.depth()).toBe(0)
  }
  await expect(one.ready()).rejects.toThrow('crashed: spawn E2BIG')
  await one.finish()
})

test('where a run fails for want of memory, those that wait have another process', async () => {
  const one = open()
  const first = await one.run('pid')
  const [failed, waiting, other] = [one.run('no memory'), one.run('pid'), one.run('pid')]
  await expect(failed).rejects.toThrow('run failed')
  const second = await waiting
  expect(second).not.toBe(first)
  expect(await other).toBe(second)
})

test.each(process.platform === 'linux' ? ['heap', 'native'] : ['heap'])(
  'what takes all memory (%s) ends alone, and the next run has another process',
  async (kind) => {
    const one = open()
    await expect(one.run(kind)).rejects.toThrow(/^crashed: It (was ended by|exited with)|allocat/)
    expect(await one.run('after')).toBe(5)
  },
)

test('one that leaves is replaced; a run that is aborted rejects at once; a closed one answers nothing', async () => {
  const one = open()
  await expect(one.run('leave')).rejects.toThrow('crashed: It exited with code 7.')
  await expect(one.run('spin', { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  expect(await one.run('abc')).toBe(3)
  const endless = one.run('spin')
  await new Promise((resolve) => setTimeout(resolve, 20))
  one.close()
  await expect(endless).rejects.toThrow('closed')
  await expect(one.run('a')).rejects.toThrow('closed')
})

test('runs that were already told to a process that crashed have another', async () => {
  const one = open()
  await one.ready()
  const [crash, ...rest] = ['crash', 'ab', 'abc', 'abcd'].map((request) => one.run(request))
  await expect(crash).rejects.toThrow('crashed: It was ended by SIGSEGV.')
  expect(await Promise.all(rest)).toEqual([2, 3, 4])
})

test('hands over pieces as they come, and stops what is aborted', async () => {
  const one = open()
  const pieces: number[] = []
  const onPiece = (piece: Uint8Array) => void pieces.push(...piece)
  expect(await one.run('pieces', { onPiece })).toBe('whole')
  expect(pieces).toEqual([0, 1, 2])
  const pid = await one.run('pid')
  const controller = new AbortController()
  const run = one.run('until aborted', {
    signal: controller.signal,
    onPiece: () => controller.abort(new Error('gone')),
  })
  await expect(run).rejects.toThrow('gone')
  // The same process answers on.
  expect(await one.run('pid')).toBe(pid)
})

test('what does not open says why, to all who wait, and the next tries again', async () => {
  const one = open({ data: 'refuse' })
  const [ready, run] = [one.ready(), one.run('a')]
  await expect(ready).rejects.toThrow('not with me')
  await expect(run).rejects.toThrow('not with me')
  await expect(open({ data: 'crash' }).run('a')).rejects.toThrow('crashed: It was ended by SIGSEGV.')
})

test('finishes what was asked for, then refuses', async () => {
  const one = open()
  const runs = ['a', 'ab', 'abc'].map((request) => one.run(request))
  await Promise.all([one.finish(), one.finish()])
  expect(await Promise.all(runs)).toEqual([1, 2, 3])
  await expect(one.run('a')).rejects.toThrow('closed')
})

test('ends with the process that started it, however deep in work it is', async () => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('./testing/mortalParent.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: parent.stdout }), 'line')
  const pid = Number(line)
  expect(isRunning(pid)).toBe(true)
  parent.kill('SIGKILL')
  await vi.waitUntil(() => !isRunning(pid), { timeout: 120_000, interval: 100 })
})

/** Nothing else happens here for so many milliseconds. */
function heldUp(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** A process that ended and was not asked after yet still has its number. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
