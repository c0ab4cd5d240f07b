import { modelRegistryAbi } from '@stoa/protocol/abi'
import { getBlockNumber, waitForTransactionReceipt, writeContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, openMarket, randomHex } from '../../testing/openMarket.ts'
import { activateVersion } from './activateVersion.ts'
import { getModel } from './getModel.ts'
import { listChangedModels } from './listChangedModels.ts'
import { listModels } from './listModels.ts'
import { publishModel } from './publishModel.ts'
import { publishVersion } from './publishVersion.ts'
import { setOwnerShare } from './setOwnerShare.ts'
import { setResaleRoyalty } from './setResaleRoyalty.ts'

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.close())

test('a model is published, gets a version, is activated forward and back', async () => {
  const { deployment } = market
  const owner = await market.join()
  const [card, weights, card2, weights2] = [randomHex(), randomHex(), randomHex(), randomHex()]
  const { modelId, gasUsed } = await publishModel(owner, { deployment, card, weights, ownerSharePpm: 300_000 })
  expect(gasUsed).toBeGreaterThan(21_000n)
  expect(await publishVersion(owner, { deployment, modelId, card: card2, weights: weights2 })).toMatchObject({
    version: 2,
  })
  const model = await getModel(owner, { deployment, modelId })
  expect(model).toMatchObject({ modelId, owner: owner.account.address, ownerSharePpm: 300_000, activeVersion: 1 })
  expect(model.versions).toMatchObject([
    { version: 1, card, weights },
    { version: 2, card: card2, weights: weights2 },
  ])
  expect(model.versions[0]?.publishedAt).toBeGreaterThan(1_700_000_000)

  await activateVersion(owner, { deployment, modelId, version: 2 })
  expect((await getModel(owner, { deployment, modelId })).activeVersion).toBe(2)
  await activateVersion(owner, { deployment, modelId, version: 1 })
  await setOwnerShare(owner, { deployment, modelId, ownerSharePpm: 10_000 })
  expect(await getModel(owner, { deployment, modelId })).toMatchObject({ activeVersion: 1, ownerSharePpm: 10_000 })
  await setResaleRoyalty(owner, { deployment, modelId, receiver: owner.account.address, feeBps: 500 })
})

test('models to which anything happened since a block are told, each once, and no others', async () => {
  const { deployment } = market
  const owner = await market.join()
  const publish = async () =>
    (await publishModel(owner, { deployment, card: randomHex(), weights: randomHex(), ownerSharePpm: 0 })).modelId
  const [quiet, versioned, moved] = [await publish(), await publish(), await publish()]
  const fromBlock = (await getBlockNumber(owner, { cacheTime: 0 })) + 1n
  expect(await listChangedModels(owner, { deployment, fromBlock })).toEqual([])
  await publishVersion(owner, { deployment, modelId: versioned, card: randomHex(), weights: randomHex() })
  await activateVersion(owner, { deployment, modelId: versioned, version: 2 })
  const { address } = (await market.join()).account
  const transfer = { abi: modelRegistryAbi, functionName: 'transferFrom', chain: null } as const
  const sent = await writeContract(owner, {
    ...{ ...transfer, address: deployment.modelRegistry, args: [owner.account.address, address, moved] },
  })
  await waitForTransactionReceipt(owner, { hash: sent, pollingInterval: 1_000 })
  const changed = await listChangedModels(owner, { deployment, fromBlock })
  expect(changed).toEqual([versioned, moved])
  expect(changed).not.toContain(quiet)
})

test('models are listed by pages in the order of their ids', async () => {
  const { deployment } = market
  const owner = await market.join()
  const publish = () => publishModel(owner, { deployment, card: randomHex(), weights: randomHex(), ownerSharePpm: 0 })
  const first = (await publish()).modelId
  for (let i = 1; i < 11; i++) await publish()
  const page = await listModels(market.faucet, { deployment, from: first, limit: 9 })
  expect(page.models.map((model) => model.modelId - first)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n])
  expect(page.next).toBe(first + 9n)
  const rest = await listModels(market.faucet, { deployment, from: page.next ?? 0n })
  expect(rest.models.map((model) => model.modelId - first)).toEqual([9n, 10n])
  expect(rest.next).toBeUndefined()
  expect(await listModels(market.faucet, { deployment, from: first + 11n })).toEqual({ models: [], next: undefined })
})

test('what the registry refuses says why and what to do', async () => {
  const { deployment } = market
  const [owner, stranger] = [await market.join(), await market.join()]
  const { modelId } = await publishModel(owner, {
    deployment,
    card: randomHex(),
    weights: randomHex(),
    ownerSharePpm: 0,
  })
  await expect(activateVersion(stranger, { deployment, modelId, version: 1 })).rejects.toMatchObject({
    name: 'ContractRevertError',
    code: 'NotModelOwner',
    args: { modelId, sender: stranger.account.address, owner: owner.account.address },
    hint: 'Use the account that owns the model.',
    retry: false,
    hash: undefined,
  })
  await expect(activateVersion(owner, { deployment, modelId, version: 7 })).rejects.toMatchObject({
    code: 'UnknownVersion',
    shortMessage: `The contract refused: UnknownVersion (modelId: ${modelId}, version: 7, versions: 1).`,
  })
  await expect(getModel(owner, { deployment, modelId: 999_999n })).rejects.toMatchObject({
    code: 'ERC721NonexistentToken',
  })
})
