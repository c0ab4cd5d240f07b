import { join } from 'node:path'
import { openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { createChainClient } from '@stoa/sdk'
import { createTestClient, encodeFunctionData, http, publicActions, walletActions } from 'viem'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createNode, type StoaNode } from '../createNode.ts'
import { aVoucher, infer, now, openShop, whiteImage } from '../testing/shop.ts'
import { readPayerFrom } from './readPayer.ts'
import { readTogetherFrom } from './readTogether.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
const proxies: RpcProxy[] = []
afterEach(async () => {
  await shop.closeNodes()
  for (const proxy of proxies.splice(0)) proxy.close()
})
afterAll(() => shop?.close())

const anvil = () =>
  createTestClient({ mode: 'anvil', transport: http(shop.market.chain.rpcUrl, { timeout: 60_000 }) })
    .extend(publicActions)
    .extend(walletActions)

/** Has a payer lock a wei for each of so many lanes, in one block. */
async function lockLanes(payer: Address, offerId: Hex, lanes: number): Promise<void> {
  const chain = anvil()
  const { escrow: to } = shop.market.deployment
  await chain.impersonateAccount({ address: payer })
  await chain.setAutomine(false)
  const nonce = await chain.getTransactionCount({ address: payer })
  const hashes = []
  for (let lane = 1; lane <= lanes; lane++) {
    const data = encodeFunctionData({
      ...{ abi: escrowAbi, functionName: 'lock', args: [offerId, BigInt(lane), 1n, now() + 86_400] },
    })
    const transaction = { account: payer, to, data, nonce: nonce + lane - 1, gas: 150_000n }
    hashes.push(await chain.sendTransaction({ ...transaction, chain: null }))
  }
  await chain.mine({ blocks: 2 })
  await chain.setAutomine(true)
  const last = await chain.waitForTransactionReceipt({ hash: hashes.at(-1) as Hex })
  expect(last.status).toBe('success')
}

/** The chain behind a proxy that counts what is asked of it by method. */
async function countingChain() {
  const proxy = await openRpcProxy(shop.market.chain.rpcUrl)
  proxies.push(proxy)
  const asked: string[] = []
  proxy.decide((method) => {
    asked.push(method)
    return 'pass'
  })
  const client = createChainClient({ rpcUrl: proxy.url, chainId: shop.market.deployment.chainId, retryCount: 0 })
  return { asked, client }
}

test('a node answers a hundred lanes that it does not know, all at once, and two hundred locked ones of one payer; starts with their debts, and sees their settlement become final', async () => {
  const limits = { refreshSeconds: 1, maxQueue: 200, modelTimeoutMs: 300_000 }
  const changes = { limits, folder: join(shop.folder, 'many lanes') }
  const { url, buyer, payer, offerId, node } = await shop.open(changes)
  const address = payer.account.address
  const call = async (lane: number) => {
    const voucher = aVoucher(payer, offerId, { lane: BigInt(lane), maxCumulative: 1_000n })
    const answer = await infer(url, buyer.header(voucher), whiteImage(8))
    return { status: answer.status, text: answer.ok ? '' : await answer.text() }
  }
  const callAll = (from: number, count: number) => Promise.all(Array.from({ length: count }, (_, i) => call(from + i)))
  const answered = (count: number) => Array(count).fill({ status: 200, text: '' })
  expect(await callAll(1_000, 100)).toEqual(answered(100))
  await lockLanes(address, offerId, 200)
  for (const from of [1, 101]) expect(await callAll(from, 100)).toEqual(answered(100))
  expect(node.status().problems).toEqual([])
  await node.close()

  await using again = disposable(await createNode({ ...shop.parametersOf(offerId), ...changes }))
  expect(again.node.status()).toMatchObject({ unsettledLanes: 300 })
  expect(await again.node.settleNow()).toMatchObject({ settled: 300, refused: 0, owedWei: 0n })
  await anvil().mine({ blocks: 70 })
  await expect.poll(() => again.node.status().unfinalLanes).toBe(0)
})

const disposable = (node: StoaNode) => ({ node, [Symbol.asyncDispose]: () => node.close() })

test('many lanes are read in a few calls, all of one block', async () => {
  const { payer, offerId, buyer } = await shop.open()
  const address = payer.account.address
  await lockLanes(address, offerId, 200)
  const { asked, client } = await countingChain()
  const read = readPayerFrom(readTogetherFrom(client), shop.market.deployment.escrow)
  const lanes = Array.from({ length: 250 }, (_, i) => ({ payer: address, offerId, lane: BigInt(i + 1) }))
  const state = await read({ payer: address, keys: [buyer.key], lanes })
  expect(state.channels.map(({ lane, locked }) => [lane, locked])).toEqual(
    lanes.map(({ lane }) => [lane, lane <= 200n ? 1n : 0n]),
  )
  expect(state).toMatchObject({ balance: 999_800n, withdrawal: 0n, keys: [{ key: buyer.key }] })
  expect(asked).toEqual(['eth_getBlockByNumber', 'eth_call', 'eth_call', 'eth_call'])
})

test('what a hundred payers are asked for at once goes out in a few calls', async () => {
  const { asked, client } = await countingChain()
  const read = readPayerFrom(readTogetherFrom(client), shop.market.deployment.escrow)
  const offerId: Hex = `0x${'0f'.repeat(32)}`
  const key: Address = `0x${'bb'.repeat(20)}`
  const payers = Array.from({ length: 100 }, (_, i): Address => `0x${i.toString(16).padStart(40, '0')}`)
  const states = await Promise.all(
    payers.map((payer) => read({ payer, keys: [key], lanes: [{ payer, offerId, lane: 1n }] })),
  )
  expect(states.map(({ channels }) => channels[0]?.payer)).toEqual(payers)
  expect(asked.length).toBeLessThanOrEqual(8)
})

test('lanes are read as they were at an older block', async () => {
  const { payer, offerId } = await shop.open()
  const chain = anvil()
  const before = await chain.getBlockNumber({ cacheTime: 0 })
  await lockLanes(payer.account.address, offerId, 2)
  const read = readTogetherFrom(shop.market.provider)
  const { escrow: address } = shop.market.deployment
  const channel = { address, abi: escrowAbi, functionName: 'getChannel', args: [payer.account.address, offerId, 1n] }
  for (const times of [1, 200]) {
    const reads = Array(times).fill(channel)
    expect(new Set((await read(reads, before)).map((answer) => JSON.stringify(answer, words)))).toEqual(
      new Set([expect.stringContaining('"locked":"0"')]),
    )
  }
})

const words = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

test('one question without an answer fails for who asked it, and for nobody else', async () => {
  const { client } = await countingChain()
  const read = readTogetherFrom(client)
  const { escrow } = shop.market.deployment
  const total = (address: Address) => ({ address, abi: escrowAbi, functionName: 'totalOwed' })
  // While four are under way, the others wait and go out together.
  const groups = Array.from({ length: 12 }, (_, i) => read([total(i === 8 ? `0x${'ee'.repeat(20)}` : escrow)]))
  const outcomes = await Promise.allSettled(groups)
  expect(outcomes.map(({ status }) => status)).toEqual(
    Array.from({ length: 12 }, (_, i) => (i === 8 ? 'rejected' : 'fulfilled')),
  )
})
