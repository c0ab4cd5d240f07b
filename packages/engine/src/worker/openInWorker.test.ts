import { expect, test } from 'vitest'
import { openInWorker } from './openInWorker.ts'

test('a thread that takes more heap than it may ends as crashed, and the next run starts another', async () => {
  const thread = await openInWorker<number, number>({
    ...{ entry: new URL('./testing/hungryWorker.ts', import.meta.url), data: undefined, name: 'hungry', heapMb: 32 },
    pack: (message) => ({ message }),
    closed: () => new Error('closed'),
    crashed: (details) => new Error(`crashed: ${details}`),
  })
  expect(await thread.run(10)).toBe(10)
  await expect(thread.run(1_000_000)).rejects.toThrow('crashed: Worker terminated due to reaching memory limit')
  expect(await thread.run(11)).toBe(11)
  await thread.close()
})
