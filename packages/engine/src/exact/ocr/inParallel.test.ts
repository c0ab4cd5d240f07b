import { expect, test } from 'vitest'
import { inParallel } from './inParallel.ts'

test('gives results in the order of the items, with so many under way', async () => {
  let [now, most] = [0, 0]
  const work = async (item: number) => {
    most = Math.max(most, ++now)
    for (let turns = 0; turns < 5 - item; turns++) await undefined
    now--
    return item * item
  }
  expect(await inParallel([1, 2, 3, 4], 2, work)).toEqual([1, 4, 9, 16])
  expect(most).toBe(2)
  expect(await inParallel([], 2, work)).toEqual([])
})

test('throws when nothing is under way any longer, and begins nothing after an error', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const reading = inParallel([0, 1, 2, 3], 2, async (item) => {
    begun.push(item)
    if (item === 1) throw new Error('no strip')
    for (let turns = 0; turns < 9; turns++) await undefined
    ended.push(item)
  })
  await expect(reading).rejects.toThrow('no strip')
  expect([begun, ended]).toEqual([[0, 1], [0]])
})
