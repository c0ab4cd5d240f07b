import { expect, test } from 'vitest'
import { openInWorker } from './openInWorker.ts'

const openHungry = () =>
  openInWorker<number, number>({
    ...{ entry: new URL('./testing/hungryWorker.ts', import.meta.url), data: undefined, name: 'hungry', heapMb: 32 },
    pack: (message) => ({ message }),
    closed: () => new Error('closed'),
    crashed: (details) => new Error(`crashed: ${details}`),
  })

test('a thread that takes more heap than it may ends as crashed, and the next run starts another', async () => {
  const thread = await openHungry()
  expect(await thread.run(10)).toBe(10)
  await expect(thread.run(1_000_000)).rejects.toThrow('crashed: Worker terminated due to reaching memory limit')
  expect(await thread.run(11)).toBe(11)
  await thread.close()
})

test('what can not be sent to a thread is refused, and waits for no answer', async () => {
  const thread = await openHungry()
  await expect(thread.run((() => 1) as never)).rejects.toMatchObject({ name: 'DataCloneError' })
  expect(await thread.run(3)).toBe(3)
  // A run that waited would reject now, with nobody to hear it.
  await thread.close()
})
