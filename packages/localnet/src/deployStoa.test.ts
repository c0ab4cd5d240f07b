import { escrowAbi, graphArbiterAbi, providerRegistryAbi, revenueSinkAbi } from '@stoa/protocol/abi'
import { checkDeployment, createChainClient, getBalances, getEscrowTerms } from '@stoa/sdk'
import { createTestClient, http, parseEther, zeroAddress } from 'viem'
import { mnemonicToAccount, privateKeyToAccount, privateKeyToAddress } from 'viem/accounts'
import { getTransactionCount, readContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CREATE2_FACTORY } from './contractPlan.ts'
import { deploymentOf } from './deploymentOf.ts'
import { deployStoa } from './deployStoa.ts'
import { DEVELOPMENT_KEYS } from './developmentKeys.ts'
import { fundAccount } from './fundAccount.ts'
import { type RunningChain, startChain } from './startChain.ts'

const DAY = 86_400
let chain: RunningChain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain.stop())

function clientOf(rpc: RunningChain, key: 0 | 1 = 0) {
  return createChainClient({ ...rpc, account: privateKeyToAccount(DEVELOPMENT_KEYS[key]) })
}

test('everything is where it was computed to be, and deploying again sends nothing', async () => {
  const client = clientOf(chain)
  const deployment = await deployStoa(client)
  expect(deployment).toEqual(deploymentOf())
  await checkDeployment(client, { deployment })
  const nonces = () =>
    Promise.all(DEVELOPMENT_KEYS.map((key) => getTransactionCount(client, { address: privateKeyToAddress(key) })))
  const before = await nonces()
  expect(before[0]).toBeGreaterThan(0)
  expect(await deployStoa(client)).toEqual(deployment)
  expect(await deployStoa(clientOf(chain, 1))).toEqual(deployment)
  expect(await nonces()).toEqual(before)
})

test('the contracts know each other and the terms', async () => {
  const client = clientOf(chain)
  const deployment = await deployStoa(client)
  const { token, modelRegistry, providerRegistry, escrow, revenueSink, arbiter = zeroAddress } = deployment
  const provider = { address: providerRegistry, abi: providerRegistryAbi } as const
  expect(await readContract(client, { ...provider, functionName: 'stakeToken' })).toBe(token)
  expect(await readContract(client, { ...provider, functionName: 'modelRegistry' })).toBe(modelRegistry)
  expect(await readContract(client, { ...provider, functionName: 'unbondingPeriod' })).toBe(14 * DAY)
  expect(await readContract(client, { ...provider, functionName: 'burnPpm' })).toBe(500_000)
  const sink = { address: revenueSink, abi: revenueSinkAbi } as const
  expect(await readContract(client, { ...sink, functionName: 'escrow' })).toBe(escrow)
  expect(await readContract(client, { address: escrow, abi: escrowAbi, functionName: 'token' })).toBe(token)
  const judge = { address: arbiter, abi: graphArbiterAbi } as const
  expect(await readContract(client, { ...judge, functionName: 'providerRegistry' })).toBe(providerRegistry)
  expect(await readContract(client, { ...judge, functionName: 'token' })).toBe(token)
  const window = await readContract(client, { ...judge, functionName: 'challengeWindow' })
  expect([window, await readContract(client, { ...judge, functionName: 'longestGame' })]).toEqual([3 * DAY, 5 * DAY])
  expect(await getEscrowTerms(client, { deployment })).toMatchObject({
    withdrawalDelay: 2 * DAY,
    maxVoucherValidity: DAY,
  })
})

test('other terms are other addresses beside the first', async () => {
  const client = clientOf(chain)
  const deployment = await deployStoa(client, { withdrawalDelay: 3 * DAY })
  expect(deployment).toEqual(deploymentOf({ withdrawalDelay: 3 * DAY }))
  expect(deployment.escrow).not.toBe(deploymentOf().escrow)
  expect(deployment.providerRegistry).toBe(deploymentOf().providerRegistry)
  expect(await getEscrowTerms(client, { deployment })).toMatchObject({ withdrawalDelay: 3 * DAY })
})

test('accounts are funded; only the minter mints', async () => {
  const client = clientOf(chain)
  const deployment = await deployStoa(client)
  const account = '0x00000000000000000000000000000000000a11ce'
  await fundAccount(client, { deployment, to: account, wei: parseEther('2'), usd: 7n })
  await fundAccount(client, { deployment, to: account, usd: 1n })
  expect(await getBalances(client, { deployment, account })).toEqual({ native: parseEther('2'), token: 8n })
  await expect(fundAccount(clientOf(chain, 1), { deployment, to: account, usd: 1n })).rejects.toMatchObject({
    code: 'NotMinter',
  })
})

test('a chain without the factory gets it, at its known address', async () => {
  const bare = await startChain()
  try {
    const cheats = createTestClient({ mode: 'anvil', transport: http(bare.rpcUrl) })
    await cheats.setCode({ address: CREATE2_FACTORY, bytecode: '0x' })
    await cheats.setNonce({ address: CREATE2_FACTORY, nonce: 0 })
    expect(await deployStoa(clientOf(bare))).toEqual(deploymentOf())
    await checkDeployment(clientOf(bare), { deployment: deploymentOf() })
  } finally {
    await bare.stop()
  }
})

test('any other chain needs a real token', async () => {
  expect(() => deploymentOf({ chainId: 10 })).toThrowErrorMatchingInlineSnapshot(`
    [TokenNeededError: Chain 10 needs a real token.
    Give the address of the ERC-20 that stake and deposits are made in.]
  `)
  const { token } = deploymentOf()
  const elsewhere = deploymentOf({ chainId: 10, token })
  expect(elsewhere).toEqual({ ...deploymentOf(), chainId: 10 })
  const other = await startChain({ chainId: 10 })
  try {
    await expect(deployStoa(clientOf(other))).rejects.toMatchObject({ code: 'TOKEN_NEEDED' })
    expect(await getTransactionCount(clientOf(other), { address: privateKeyToAddress(DEVELOPMENT_KEYS[0]) })).toBe(0)
    expect(await deployStoa(clientOf(other), { token })).toEqual(elsewhere)
  } finally {
    await other.stop()
  }
})

test('the development keys are those of the well-known mnemonic', () => {
  const addresses = DEVELOPMENT_KEYS.map(privateKeyToAddress)
  const mnemonic = 'test test test test test test test test test test test junk'
  expect(addresses).toEqual([0, 1, 2].map((addressIndex) => mnemonicToAccount(mnemonic, { addressIndex }).address))
})
