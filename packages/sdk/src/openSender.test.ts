import { createTestClient, http, parseEther, parseGwei, zeroAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { estimateFeesPerGas, getBalance } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChainClient } from './createChainClient.ts'
import { type OpenSenderParameters, openSender } from './openSender.ts'
import { sendCall } from './sendCall.ts'
import { type Market, openMarket, randomHex } from './testing/openMarket.ts'

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.close())

/** A new account with coin, and what sends from it; each `open` is a process that remembers nothing. */
async function sending() {
  const account = privateKeyToAccount(randomHex())
  const client = createChainClient({ ...market.chain, account, pollingInterval: 20 })
  await sendCall(market.faucet, 31_337, { to: account.address, value: parseEther('1') })
  const open = (changes: Partial<OpenSenderParameters> = {}) =>
    openSender(client, { chainId: 31_337, patience: 60_000, interval: 10, ...changes })
  return { client, open }
}
const someone = () => privateKeyToAccount(randomHex()).address
const balanceOf = (address: `0x${string}`) => getBalance(market.faucet, { address })

test('sends one after the other, however many ask at once', async () => {
  const sender = (await sending()).open()
  const to = someone()
  await Promise.all([1n, 2n, 3n].map((value) => sender.send({ to, value })))
  expect(await balanceOf(to)).toBe(6n)
  expect(await sender.nonce()).toBe(3)
})

test('what is stuck is replaced: by the same process, or by one that knows nothing of it', async () => {
  const { open } = await sending()
  const cheats = createTestClient({ mode: 'anvil', transport: http(market.chain.rpcUrl) })
  await cheats.setAutomine(false)
  const [to, other] = [someone(), someone()]
  // Five seconds are long for one that is mined at once.
  const sender = open({ patience: 5_000 })
  await expect(sender.send({ to, value: 5n })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  await expect(sender.send({ to, value: 5n })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  const restarted = open({ patience: 100 }).send({ to: other, value: 7n })
  await expect(restarted).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  expect((await cheats.getTxpoolStatus()).pending).toBe(1)
  await cheats.mine({ blocks: 1 })
  await cheats.setAutomine(true)
  expect([await balanceOf(to), await balanceOf(other)]).toEqual([0n, 7n])
  expect(await sender.nonce()).toBe(1)
  await sender.send({ to, value: 1n })
  expect(await balanceOf(to)).toBe(1n)
})

test('pays no more for gas than it may: not at first, and not to replace what is stuck', async () => {
  const { client, open } = await sending()
  const cheats = createTestClient({ mode: 'anvil', transport: http(market.chain.rpcUrl) })
  const to = someone()
  await cheats.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('50') })
  await cheats.mine({ blocks: 1 })
  const thrifty = open({ mostFeePerGas: parseGwei('5') })
  await expect(thrifty.send({ to, value: 1n })).rejects.toMatchObject({ code: 'FEE_TOO_HIGH', retry: true })
  // What was mined before leaves the pool a moment after its receipt is there.
  await expect.poll(async () => (await cheats.getTxpoolStatus()).pending).toBe(0)
  expect(await thrifty.nonce()).toBe(0)

  await cheats.setAutomine(false)
  const sender = open({ patience: 30 })
  for (let i = 0; i < 20; i++)
    await expect(sender.send({ to, value: 1n })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  const asked = (await estimateFeesPerGas(client)).maxFeePerGas
  const pool = await cheats.getTxpoolContent()
  const fees = Object.values(pool.pending).flatMap((of) =>
    Object.values(of).map((each) => BigInt(each.maxFeePerGas ?? 0)),
  )
  expect(fees).toHaveLength(1)
  expect(fees[0]).toBeLessThanOrEqual(16n * asked)
  // What went out first and was the last to be raised is waited for, and mined once.
  await cheats.mine({ blocks: 1 })
  await cheats.setAutomine(true)
  expect(await balanceOf(to)).toBe(1n)
})

test('refuses another chain, and what would revert, before anything is signed', async () => {
  const { client, open } = await sending()
  const elsewhere = openSender(client, { chainId: 10 })
  await expect(elsewhere.send({ to: zeroAddress })).rejects.toMatchObject({ code: 'WRONG_CHAIN' })
  const { escrow } = market.deployment
  await expect(open().send({ to: escrow, data: '0xdeadbeef' })).rejects.toThrow()
  expect(await open().nonce()).toBe(0)
})
