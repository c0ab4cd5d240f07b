import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { createGateway, type StoaGateway } from '@stoa/gateway'
import { freePort } from '@stoa/localnet'
import { createNode, type NodeEvent, type StoaNode } from '@stoa/node'
import { type Hex, hexToBytes, type Tensor, tensorOf } from '@stoa/protocol'
import { createChainClient, getChannel } from '@stoa/sdk'
import { diskBlobStore } from '@stoa/storage'
import { createTestClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { getTransactionCount } from 'viem/actions'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openSmallDisk, type SmallDisk } from '../chaos/smallDisk.ts'
import { type Ground, openGround } from '../ground/openGround.ts'
import { twice } from '../process/twice.ts'

const MODEL = 'disk/twice'
const DISK_BYTES = 300 << 20
const SETTLE_LATER = { thresholdWei: 10n ** 12n, intervalSeconds: 600 }

let ground: Ground
let disk: SmallDisk | undefined
let node: StoaNode
let gateway: StoaGateway
let events: NodeEvent[]
let payer: Hex
let offerId: Hex
let settler: Hex
let restart: () => Promise<void>

beforeEach(async ({ skip }) => {
  ground = await openGround()
  disk = openSmallDisk(join(ground.folder(), 'disk'), DISK_BYTES)
  if (!disk) return skip('this user may not mount a disk')
  const { folder } = disk
  const modelId = await ground.publish({ name: MODEL, task: 'graph' }, { 'model.onnx': twice() })
  const { offers, parameters, announce } = await ground.enrol([
    { modelId, unit: 'byte', price: 1_000_000n, exposure: 10n ** 11n },
  ])
  ;[offerId = '0x'] = offers
  settler = privateKeyToAccount(parameters.settlementKey).address
  const port = await freePort()
  const open = async () => {
    node = await createNode({
      ...parameters,
      ...{ folder, settlement: SETTLE_LATER, limits: { refreshSeconds: 1, keepAnswersSeconds: 0 } },
      signerKey: hexToBytes(parameters.signerKey),
      endpointKey: hexToBytes(parameters.endpointKey),
      blobs: await diskBlobStore({ folder: parameters.blobsFolder }),
      offers: offers.map((each) => ({ offerId: each })),
      logger: (event) => events.push(event),
    })
    return node.listen({ host: '127.0.0.1', port })
  }
  restart = async () => {
    await node.close()
    await open()
  }
  events = []
  await announce((await open()).url)
  const account = await ground.payer(10n ** 11n)
  payer = account.payer
  gateway = await createGateway({
    ...{ rpcUrl: ground.rpcUrl, deployment: ground.deployment, folder: ground.folder(), ...account },
    timeouts: { refresh: 1_000, coolDown: 1, maxCoolDown: 1, settleDoubt: 0 },
    maxPricePerCall: null,
  })
})
afterEach(async () => {
  vi.useRealTimers()
  await gateway?.close()
  await node?.close()
  disk?.remove()
  await ground.close()
})

const numbers = (count: number): Tensor[] => [
  tensorOf(
    'x',
    'i64',
    [count],
    BigInt64Array.from({ length: count }, (_, i) => BigInt(i)),
  ),
]
const buy = (count: number) => gateway.infer({ model: MODEL, request: numbers(count) })
const chain = () => createChainClient({ rpcUrl: ground.rpcUrl, chainId: ground.deployment.chainId })
/** Wei that the chain has settled on the one lane. */
async function settledOnChain(): Promise<bigint> {
  const [{ lane = 0n } = {}] = gateway.receipts({ limit: 1 }).receipts.map(({ receipt }) => receipt)
  return (await getChannel(chain(), { deployment: ground.deployment, payer, offerId, lane })).settled
}
/** Wei that the buyer has receipts for: what it owes in all. */
const bought = () => gateway.receipts({ limit: 100 }).receipts.reduce((sum, { receipt }) => sum + receipt.charge, 0n)
const told = (event: NodeEvent['event']) => events.filter((each) => each.event === event).length
const health = async () => {
  const answer = await node.app.fetch(new Request('http://node/health'))
  return { status: answer.status, problems: ((await answer.json()) as { problems?: string[] }).problems ?? [] }
}
const anvil = () => createTestClient({ mode: 'anvil', transport: http(ground.rpcUrl) })
const transactions = () => getTransactionCount(chain(), { address: settler, blockTag: 'pending' })

/** The node says what is wrong, in its log and to whoever asks, once. */
async function isToldStuck() {
  await expect.poll(() => told('store-stuck')).toBe(1)
  expect(await health()).toEqual({
    status: 503,
    problems: [expect.stringMatching(/^The store can't be written \(.*full.*\): nothing is charged or settled until/)],
  })
}
async function isToldFreed() {
  await expect.poll(() => told('store-freed')).toBe(1)
  expect(await health()).toEqual({ status: 200, problems: [] })
}

test('a disk that is full when it is time to settle: nothing is sent, the debt stays, and is settled when there is room', async () => {
  await buy(100)
  const owed = bought()
  disk?.fill()
  const before = await transactions()
  await expect(node.settleNow()).rejects.toThrow('full')
  await isToldStuck()
  expect(await transactions()).toBe(before)
  expect(node.status().owedWei).toBe(owed)
  // A call can't be charged either: its buyer pays nothing, and is told so.
  await expect(buy(10)).rejects.toThrow()
  expect(bought()).toBe(owed)

  disk?.free()
  await isToldFreed()
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: owed, owedWei: 0n })
  expect(await settledOnChain()).toBe(owed)
  await buy(10)
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: bought() - owed, owedWei: 0n })
})

test('a disk that fills while the settlement is being mined: what the chain paid is not claimed again, also by a node that was started anew', async () => {
  await buy(100)
  const owed = bought()
  await anvil().setAutomine(false)
  const before = await transactions()
  const settling = node.settleNow().then(
    () => 'settled',
    (error: Error) => error.message,
  )
  await expect.poll(transactions).toBe(before + 1)
  disk?.fill()
  await anvil().mine({ blocks: 1 })
  await anvil().setAutomine(true)
  expect(await settling).toContain('full')
  await isToldStuck()
  expect(await settledOnChain()).toBe(owed)

  disk?.free()
  await isToldFreed()
  await restart()
  expect(await node.settleNow()).toMatchObject({ paidWei: 0n, owedWei: 0n })
  expect(await settledOnChain()).toBe(owed)
  await buy(10)
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: bought() - owed, owedWei: 0n })
  expect(await settledOnChain()).toBe(bought())
})

test('a log that does not fit into the database any more: what was answered before stays owed, and is settled when there is room', async () => {
  // A megabyte an answer: after 64 of them the log is to be written into the database, for which there is no room.
  execFileSync('mount', ['-o', `remount,size=${100 << 20}`, disk?.folder ?? ''])
  const refusals: unknown[] = []
  while (refusals.length === 0)
    await buy(1 << 17).catch((error: unknown) => {
      refusals.push(error)
    })
  expect(gateway.receipts({ limit: 100 }).receipts.length).toBeGreaterThan(40)
  const owed = bought()
  await isToldStuck()
  expect(node.status().owedWei).toBe(owed)
  await expect(node.settleNow()).rejects.toThrow('full')

  disk?.free()
  await isToldFreed()
  await restart()
  expect(node.status().owedWei).toBe(owed)
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: owed, owedWei: 0n })
  expect(await settledOnChain()).toBe(owed)
})

test('old answers that can’t be forgotten for want of room are no end of the node: they go when there is some', async () => {
  await buy(10_000)
  await node.settleNow()
  // What a node does now and then, it does here when it is told how much time has passed.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await restart()
  disk?.fill()
  const forgotten = () => {
    vi.advanceTimersByTime(60_000)
    return [told('store-stuck'), told('store-freed'), told('pruned')]
  }
  await expect.poll(forgotten).toEqual([1, 0, 0])
  expect((await health()).problems[0]).toContain('full')
  disk?.free()
  await expect.poll(forgotten).toEqual([1, 1, 1])
})
