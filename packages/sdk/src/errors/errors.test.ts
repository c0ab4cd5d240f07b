import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { escrowAbi, modelRegistryAbi, offerPaymentsAbi, providerRegistryAbi, revenueSinkAbi } from '@stoa/protocol/abi'
import { zeroAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { setCode } from 'viem/actions'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { checkDeployment } from '../actions/checkDeployment.ts'
import { deposit } from '../actions/escrow/deposit.ts'
import { depositWithAuthorization } from '../actions/escrow/depositWithAuthorization.ts'
import { getAccount } from '../actions/escrow/getAccount.ts'
import { signDepositAuthorization } from '../actions/escrow/signDepositAuthorization.ts'
import { getBalances } from '../actions/getBalances.ts'
import { createChainClient } from '../createChainClient.ts'
import { sendCall } from '../sendCall.ts'
import { type Market, openMarket, randomHex } from '../testing/openMarket.ts'
import { hintFor } from './hints.ts'

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.close())

test('a chain that is down: say so, and that trying again may help', async () => {
  // A port that no program is given by the system.
  const client = createChainClient({ rpcUrl: 'http://127.0.0.1:1', chainId: 31_337 })
  const failure = getAccount(client, { deployment: market.deployment, payer: zeroAddress })
  await expect(failure).rejects.toMatchObject({ name: 'ChainUnavailableError', code: 'CHAIN_UNAVAILABLE', retry: true })
  await expect(failure).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ChainUnavailableError: The chain does not answer.
    HTTP request failed.
    Check that the RPC URL is right and that its node is running, then try again.]
  `)
})

test('another chain: nothing is signed', async () => {
  const deployment = { ...market.deployment, chainId: 10 }
  const payer = await market.join()
  await expect(deposit(payer, { deployment, amount: 1n })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [WrongChainError: The RPC URL leads to chain 31337; the contracts are on chain 10.
    Give the URL of a node of chain 10.]
  `)
  await expect(checkDeployment(payer, { deployment })).rejects.toMatchObject({ code: 'WRONG_CHAIN' })
})

test('no contract where there should be one', async () => {
  const { deployment, faucet } = market
  await checkDeployment(faucet, { deployment })
  const wrong = { ...deployment, escrow: zeroAddress }
  await expect(checkDeployment(faucet, { deployment: wrong })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [NotDeployedError: There is no escrow at 0x0000000000000000000000000000000000000000 on chain 31337.
    Check the addresses, or deploy the contracts first.]
  `)
  await expect(getAccount(faucet, { deployment: wrong, payer: zeroAddress })).rejects.toMatchObject({
    code: 'UNEXPECTED_ANSWER',
  })
})

test('an account that cannot pay for gas', async () => {
  const { chain, deployment } = market
  const client = createChainClient({ ...chain, account: privateKeyToAccount(randomHex()) })
  await expect(sendCall(client, deployment.chainId, { to: zeroAddress, value: 1n })).rejects.toMatchObject({
    name: 'ChainRequestError',
    code: 'NO_GAS_MONEY',
  })
})

test('a contract that reverts with what nobody declared', async () => {
  const { deployment, faucet, test: cheats } = market
  const address = randomHex().slice(0, 42) as `0x${string}`
  // PUSH4 0xdeadbeef, stored at 28, reverted with.
  await setCode(cheats, { address, bytecode: '0x63deadbeef5f526004601cfd' })
  await expect(sendCall(faucet, deployment.chainId, { to: address, data: '0x' })).rejects.toMatchObject({
    name: 'ContractRevertError',
    code: 'UnknownRevert',
    args: { data: '0xdeadbeef' },
  })
})

test('a transaction that another overtakes is mined, fails, and still says why', async () => {
  const { deployment, faucet, test: cheats } = market
  const rival = await market.join()
  const authorization = await signDepositAuthorization(rival, { deployment, amount: 1n })
  await cheats.setAutomine(false)
  const both = Promise.allSettled([
    depositWithAuthorization(faucet, { deployment, authorization }),
    depositWithAuthorization(rival, { deployment, authorization }),
  ])
  while ((await cheats.getTxpoolStatus()).pending < 2) await sleep(5)
  await cheats.mine({ blocks: 1 })
  await cheats.setAutomine(true)
  const [failure, ...others] = (await both).flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  expect(others).toEqual([])
  expect(failure).toMatchObject({ name: 'ContractRevertError', code: 'ERC3009UsedAuthorization' })
  expect(failure.details).toBe(`Transaction ${failure.hash} was mined and failed.`)
})

test('a connection lost while sending: the outcome is unknown, and nothing invites to do it again', async () => {
  const { chain, deployment, faucet } = market
  // Hands the transaction on and drops the connection instead of answering.
  const proxy = createServer(async (request, response) => {
    const body = await text(request)
    const answer = await fetch(chain.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (body.includes('eth_sendRawTransaction')) response.destroy()
    else response.setHeader('content-type', 'application/json').end(await answer.text())
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  const address = proxy.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = createChainClient({ ...chain, rpcUrl: `http://127.0.0.1:${port}`, account: faucet.account })
  const to = privateKeyToAccount(randomHex()).address
  const failure = sendCall(client, deployment.chainId, { to, value: 5n })
  await expect(failure).rejects.toMatchObject({ name: 'OutcomeUnknownError', code: 'OUTCOME_UNKNOWN', retry: false })
  await expect.poll(async () => (await getBalances(faucet, { deployment, account: to })).native).toBe(5n)
})

test('whatever the contracts declare as an error has a hint', () => {
  const abis = [...modelRegistryAbi, ...providerRegistryAbi, ...escrowAbi, ...offerPaymentsAbi, ...revenueSinkAbi]
  const names = new Set(abis.flatMap((entry) => (entry.type === 'error' ? [entry.name] : [])))
  // Errors of libraries, of which those that a call through the SDK can bring about have a hint all the same.
  const unreachable =
    /^(ECDSA|Clone|Create2|FailedDeployment|StringTooLong|InvalidShortString|SafeCast|SafeERC20|ReentrancyGuard|ERC721|ERC2981)/
  const without = [...names].filter((name) => !unreachable.test(name) && !hintFor(name))
  expect(without).toEqual([])
})
