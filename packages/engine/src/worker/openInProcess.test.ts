import { afterEach, expect, test } from 'vitest'
import { type InProcess, openInProcess } from './openInProcess.ts'

const entry = new URL('./testing/unrulyProcess.ts', import.meta.url)
const MEMORY_MB = 96
let opened: InProcess<string, unknown>[] = []
afterEach(() => {
  for (const one of opened) one.close()
  opened = []
})

function open(runMs = 30_000): InProcess<string, unknown> {
  const one = openInProcess<string, unknown>({
    ...{ entry, data: { a: 1n }, memoryMb: MEMORY_MB, openMs: 30_000, runMs },
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
  const one = open(1_500)
  const [endless, next] = [one.run('spin'), one.run('after')]
  await expect(endless).rejects.toThrow('longer than 1500 ms')
  expect(await next).toBe(5)
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
