import { expect, test } from 'vitest'
import { buyBurst } from '../testing/burst.ts'

test('200 payments, 40 at a time, over a link that fails every other sending: none lost, none doubled', async () => {
  expect(await buyBurst({ payments: 200, atOnce: 40 })).toMatchObject({ payments: 200 })
})
