import type { Hex } from '@stoa/protocol'
import { activateVersion, publishVersion, type ReadClient } from '@stoa/sdk'
import { createTestClient, http } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalMarket, startMarket } from '../testing/localMarket.ts'
import { rememberModels } from './rememberModels.ts'

let market: LocalMarket
beforeAll(async () => {
  market = await startMarket()
})
afterAll(() => market?.close())

const DIGEST: Hex = `0x${'12'.repeat(32)}`

/** A reader of the chain, and what it asked of contracts. */
function counted() {
  const calls: unknown[] = []
  const request = (asked: { method: string }) => {
    if (asked.method === 'eth_call') calls.push(asked)
    return market.reader.request(asked as never)
  }
  const client = { ...market.reader, request } as ReadClient
  return { calls, read: rememberModels(client, market.deployment) }
}

it('asks for each model once, and again when something happened to it', async () => {
  const owner = await market.account(0n)
  const [one, other] = [
    await market.publish(owner, { name: 'test/one', task: 'ocr' }),
    await market.publish(owner, { name: 'test/other', task: 'ocr' }),
  ]
  const { calls, read } = counted()
  const ids = [one.modelId, other.modelId]
  expect((await read(ids)).get(one.modelId)?.activeVersion).toBe(1)
  // Far enough behind for nothing of it to be looked through again.
  await createTestClient({ mode: 'anvil', transport: http(market.rpcUrl) }).mine({ blocks: 100 })
  await read(ids)
  calls.length = 0
  expect((await read(ids)).size).toBe(2)
  expect(calls).toEqual([])
  const { deployment } = market
  await publishVersion(owner, { deployment, modelId: one.modelId, card: DIGEST, weights: DIGEST })
  await activateVersion(owner, { deployment, modelId: one.modelId, version: 2 })
  const after = await read(ids)
  expect(after.get(one.modelId)).toMatchObject({ activeVersion: 2, versions: [{ version: 1 }, { weights: DIGEST }] })
  // Of two versions.
  expect(calls).toHaveLength(6)
})

it('forgets what it knew of blocks that the chain lost', async () => {
  const owner = await market.account(0n)
  const chain = createTestClient({ mode: 'anvil', transport: http(market.rpcUrl) })
  const { modelId } = await market.publish(owner, { name: 'test/undone', task: 'ocr' })
  const before = await chain.snapshot()
  const { deployment } = market
  await publishVersion(owner, { deployment, modelId, card: DIGEST, weights: DIGEST })
  await activateVersion(owner, { deployment, modelId, version: 2 })
  const { read } = counted()
  expect((await read([modelId])).get(modelId)?.activeVersion).toBe(2)
  await chain.revert({ id: before })
  expect((await read([modelId])).get(modelId)?.activeVersion).toBe(1)
})

it('asks again for what could not be read', async () => {
  const { read } = counted()
  await expect(read([999_999n])).rejects.toMatchObject({ name: 'ContractRevertError' })
  const owner = await market.account(0n)
  const { modelId } = await market.publish(owner, { name: 'test/late', task: 'ocr' })
  expect((await read([modelId])).get(modelId)?.versions).toHaveLength(1)
})
