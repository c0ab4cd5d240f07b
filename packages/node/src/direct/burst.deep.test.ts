import { expect, test } from 'vitest'
import { buyBurst } from '../testing/burst.ts'

test('1,000 payments, 40 at a time, over a link that fails every other sending: none lost, none doubled', async () => {
  const told = await buyBurst({ payments: 1_000, atOnce: 40 })
  console.log(`${told.payments} payments in ${told.transactions} sendings, ${told.seconds.toFixed(1)} s`)
  expect(told).toMatchObject({ payments: 1_000 })
})
