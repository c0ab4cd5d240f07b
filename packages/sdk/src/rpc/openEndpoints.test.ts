import { startChain } from '@stoa/localnet'
import { type Fate, openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import fc from 'fast-check'
import { createTestClient, http, keccak256, parseEther, parseGwei } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  getBlockNumber,
  getTransactionCount,
  sendRawTransaction,
  signTransaction,
  waitForTransactionReceipt,
} from 'viem/actions'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createChainClient } from '../createChainClient.ts'
import { translateError } from '../errors/translateError.ts'
import { randomHex } from '../testing/openMarket.ts'
import { endpointNames, medianHead } from './endpointState.ts'
import { type EndpointEvent, openEndpoints } from './openEndpoints.ts'

let chain: Awaited<ReturnType<typeof startChain>>
let [one, two]: RpcProxy[] = []
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain?.stop())
beforeEach(async () => {
  ;[one, two] = [await openRpcProxy(chain.rpcUrl), await openRpcProxy(chain.rpcUrl)]
})
afterEach(() => {
  one?.close()
  two?.close()
})

/** Both links to one chain, with a clock that a test sets. */
function opened(urls: readonly string[] = [one?.url ?? '', two?.url ?? '']) {
  const clock = { now: 0 }
  const events: EndpointEvent[] = []
  const endpoints = openEndpoints({
    urls,
    chainId: 31_337,
    onChange: (event) => events.push(event),
    now: () => clock.now,
  })
  const client = ({ retryCount = 0, timeout = 60_000 } = {}) =>
    createChainClient({ rpcUrl: endpoints, chainId: 31_337, timeout, retryCount })
  return { endpoints, client, clock, events: () => events.map(({ condition }) => condition) }
}

/** An account with coin, and its next transaction signed. */
async function signed(value: bigint, nonce = 0, account = privateKeyToAccount(randomHex())) {
  const test = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
  await test.setBalance({ address: account.address, value: parseEther('1') })
  const client = createChainClient({ rpcUrl: chain.rpcUrl, chainId: 31_337, account })
  const fees = { maxFeePerGas: parseGwei('10'), maxPriorityFeePerGas: 1n, gas: 21_000n }
  const raw = await signTransaction(client, {
    account,
    chain: null,
    to: account.address,
    value,
    nonce,
    chainId: 31_337,
    type: 'eip1559',
    ...fees,
  } as never)
  return { raw: raw as `0x${string}`, account }
}

describe('endpoints', () => {
  test.each(['error', 'cut', 'lose', 'hang', 'limit', 'rubbish'] as const)(
    'one that answers with "%s" is passed over, and left alone for a while',
    async (fate) => {
      const { client, clock, events } = opened()
      // What hangs is given up by time alone, which is the second endpoint's too.
      const reader = client(fate === 'hang' ? { timeout: 5_000 } : {})
      one?.decide(() => fate)
      await expect(getBlockNumber(reader, { cacheTime: 0 })).resolves.toBe(0n)
      const asked = one?.requests()
      await getBlockNumber(reader, { cacheTime: 0 })
      expect(one?.requests()).toBe(asked)
      one?.decide(() => 'pass')
      clock.now += 2_001
      await getBlockNumber(reader, { cacheTime: 0 })
      expect(one?.requests()).toBeGreaterThan(asked ?? 0)
      expect(events()).toEqual(['failing', 'up'])
    },
  )

  test('what one learns, all clients of the endpoints know; all failing, the last error is told', async () => {
    const { endpoints, client } = opened()
    one?.decide(() => 'error')
    await getBlockNumber(client())
    const before = one?.requests()
    await getBlockNumber(client(), { cacheTime: 0 })
    expect(one?.requests()).toBe(before)
    two?.decide(() => 'error')
    const error = await getBlockNumber(client(), { cacheTime: 0 }).catch(translateError)
    expect(error).toMatchObject({ code: 'CHAIN_UNAVAILABLE', retry: true })
    expect(endpoints.states().map(({ condition }) => condition)).toEqual(['failing', 'failing'])
  })

  test('slow is not gone, and what fails for a moment is asked again', async () => {
    const { client } = opened([one?.url ?? ''])
    one?.slow(80)
    await expect(getBlockNumber(client())).resolves.toBe(0n)
    let left = 2
    one?.decide(() => (left-- > 0 ? 'cut' : 'pass'))
    await expect(getBlockNumber(client({ retryCount: 3 }), { cacheTime: 0 })).resolves.toBe(0n)
  })

  test('a refusal by the chain is no fault of an endpoint', async () => {
    const { client, endpoints } = opened()
    await expect(getTransactionCount(client(), { address: '0x12' })).rejects.toThrow()
    expect(endpoints.states().every(({ condition }) => condition === 'up')).toBe(true)
    expect(two?.requests()).toBe(0)
  })

  test('those that are behind or of another chain are left out once they were looked at', async () => {
    const test = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
    await test.mine({ blocks: 40 })
    const other = await startChain({ chainId: 10 })
    const { endpoints, client, events } = opened([other.rpcUrl, one?.url ?? '', two?.url ?? ''])
    one?.decide((method) => (method === 'eth_blockNumber' ? { result: '0x1' } : 'pass'))
    await endpoints.check()
    expect(endpoints.states().map(({ condition }) => condition)).toEqual(['other-chain', 'behind', 'up'])
    await expect(getBlockNumber(client())).resolves.toBeGreaterThanOrEqual(40n)
    one?.decide(() => 'pass')
    await endpoints.check()
    expect(events()).toEqual(['other-chain', 'behind', 'up'])
    await other.stop()
  })
})

describe('a transaction', () => {
  test('that was taken by an endpoint whose answer is lost is told to be taken, by its hash', async () => {
    const test = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
    await test.setAutomine(false)
    const { raw } = await signed(1n)
    one?.decide((method) => (method === 'eth_sendRawTransaction' ? 'lose' : 'pass'))
    expect(await sendRawTransaction(opened().client(), { serializedTransaction: raw })).toBe(keccak256(raw))
    await test.mine({ blocks: 1 })
    await test.setAutomine(true)
  })

  test('that may have been mined is never told to have been refused', async () => {
    const { raw } = await signed(2n)
    one?.decide((method) => (method === 'eth_sendRawTransaction' ? 'lose' : 'pass'))
    // Mined by the time that the second endpoint is asked, which only says that its nonce is used.
    two?.decide(async (): Promise<Fate> => {
      const reader = createChainClient({ rpcUrl: chain.rpcUrl, chainId: 31_337 })
      await waitForTransactionReceipt(reader, { hash: keccak256(raw) })
      return 'pass'
    })
    const error = await sendRawTransaction(opened().client(), { serializedTransaction: raw }).catch(translateError)
    expect(error).toMatchObject({ code: 'CHAIN_UNAVAILABLE' })
  })

  test('that nobody took is refused in the words of the chain', async () => {
    const { raw } = await signed(parseEther('2'))
    const error = await sendRawTransaction(opened().client(), { serializedTransaction: raw }).catch(translateError)
    expect(error).toMatchObject({ code: 'NO_GAS_MONEY' })
  })
})

test('names show hosts and no paths; the head is that of most', () => {
  expect(endpointNames(['https://a.example/v2/secret', 'https://b.example', 'https://a.example/other'])).toEqual([
    'a.example#1',
    'b.example',
    'a.example#2',
  ])
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 3, maxLength: 9 }),
      fc.bigInt({ min: 10n ** 9n, max: 10n ** 12n }),
      (heads, liar) => {
        const median = medianHead([...heads, liar])
        expect(median).toBeLessThanOrEqual(1_000n)
      },
    ),
  )
})
