import { createChainClient } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployStoa } from './deployStoa.ts'
import { DEVELOPMENT_KEYS } from './developmentKeys.ts'
import { measureGas } from './measureGas.ts'
import { type RunningChain, startChain } from './startChain.ts'

let chain: RunningChain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain.stop())

test('figures are of real transactions, and order as the ledger’s design says', async () => {
  const client = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  const gas = await measureGas({ rpcUrl: chain.rpcUrl, deployment: await deployStoa(client) })
  expect(Object.keys(gas)).toEqual([
    'onboard',
    'settleFirst',
    'settleRepeat',
    'batch50SameOffer',
    'batch50DistinctOffers',
    'batch50First',
  ])
  // No transaction is cheaper than 21,000 (EIP-2028's base); a claim in a batch shares it with 49 others.
  for (const alone of [gas.onboard, gas.settleFirst, gas.settleRepeat]) expect(alone).toBeGreaterThan(21_000)
  expect(gas.settleRepeat).toBeLessThan(gas.settleFirst)
  expect(gas.batch50SameOffer).toBeLessThan(gas.batch50DistinctOffers)
  expect(gas.batch50DistinctOffers).toBeLessThan(gas.batch50First)
  expect(gas.batch50First).toBeLessThan(gas.settleFirst)
})
