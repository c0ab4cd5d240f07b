import type { Hex } from '@stoa/protocol'
import { createTransport, type EIP1193RequestFn, http, keccak256, type Transport } from 'viem'
import { WrongChainError } from '../errors/chainErrors.ts'
import {
  type EndpointCondition,
  type EndpointState,
  endpointNames,
  inOrder,
  isEndpointsFault,
  medianHead,
} from './endpointState.ts'

/** `why`: without the URL, which often holds a key. */
export type EndpointEvent = { name: string; condition: EndpointCondition; why?: string }

export type OpenEndpointsParameters = {
  /** RPC URLs of one chain, the preferred first. */
  urls: readonly string[]
  /** An endpoint of another chain is never asked again; undefined: whatever chain they are of. */
  chainId?: number
  /** Milliseconds that an endpoint is left alone after its first failure, doubled with each further one, at most a minute; 2,000. */
  coolDown?: number
  /** Blocks by which an endpoint may be behind most others; 16. */
  mostBehind?: number
  /** Told when the condition of an endpoint changes. */
  onChange?: (event: EndpointEvent) => void
  /** Milliseconds of a monotonic clock. */
  now?: () => number
}

export type TransportOptions = {
  /** Milliseconds after which one endpoint's answer is given up; 10,000. */
  timeout?: number
  /** Times that all endpoints are tried again; 3. */
  retryCount?: number
}

/** Several RPC endpoints of one chain, asked as one. What is learnt of one is known to all transports. */
export type Endpoints = {
  transport(options?: TransportOptions): Transport
  states(): readonly Readonly<EndpointState>[]
  /** Asks every endpoint for its chain and its head, so that those that are behind or elsewhere are left out. Never rejects. */
  check(): Promise<void>
}

const MOST_COOL_DOWN = 60_000
const RETRY_DELAY = 150
/** Milliseconds that `check` waits for an endpoint. */
const CHECK_TIMEOUT = 5_000

/** What nodes say of a transaction that they have already. */
const KNOWN = /already known|already imported|known transaction/i

/** What nodes say of a transaction that pays too little to take another's place. */
const UNDERPRICED = /underpriced/i

type Endpoint = { url: string; state: EndpointState }
type Ask = (endpoint: Endpoint, request: { method: string; params?: unknown }) => Promise<unknown>

/**
 * Opens endpoints: each request goes to the first in good condition, and on to the next when that fails. One is kept to as long as it answers, so that what is read in a
 * row is of one view of the chain. A transaction that was handed over and may have arrived is never told to have been refused.
 */
export function openEndpoints(parameters: OpenEndpointsParameters): Endpoints {
  const { urls, chainId, coolDown = 2_000, mostBehind = 16, onChange, now = () => performance.now() } = parameters
  if (urls.length === 0) throw new RangeError('no RPC URL was given')
  const names = endpointNames(urls)
  const endpoints: Endpoint[] = urls.map((url, i) => ({
    url,
    state: { name: names[i] ?? url, condition: 'up', failures: 0, until: 0, head: undefined },
  }))

  const turn = (state: EndpointState, condition: EndpointCondition, error?: unknown) => {
    if (state.condition === condition) return
    state.condition = condition
    onChange?.({ name: state.name, condition, ...(error !== undefined && { why: shortly(error) }) })
  }
  const failed = (state: EndpointState, error: unknown) => {
    state.until = now() + Math.min(coolDown * 2 ** state.failures, MOST_COOL_DOWN)
    state.failures++
    if (state.condition === 'up') turn(state, 'failing', error)
  }
  const answered = (state: EndpointState) => {
    state.failures = 0
    state.until = 0
    if (state.condition === 'failing') turn(state, 'up')
  }

  /** One try of all endpoints. `unsure`: an earlier one may have taken the transaction. */
  const tryAll = async (
    ask: Ask,
    request: { method: string; params?: unknown },
    unsure: unknown[],
  ): Promise<unknown> => {
    const isSending = request.method === 'eth_sendRawTransaction'
    const candidates = inOrder(endpoints, now())
    if (candidates.length === 0) throw new WrongChainError(0, chainId ?? 0)
    let last: unknown
    for (const endpoint of candidates) {
      try {
        const result = await ask(endpoint, request)
        answered(endpoint.state)
        return result
      } catch (error) {
        if (isEndpointsFault(error)) {
          failed(endpoint.state, error)
          if (isSending) unsure.push(error)
          last = error
          continue
        }
        answered(endpoint.state)
        // Whoever has it has taken it: the hash is known without being told.
        if (isSending && KNOWN.test(String(error))) return keccak256((request.params as readonly [Hex])[0])
        // It may have arrived through an endpoint whose answer was lost: "nonce too low" then says no more than that. "Underpriced" is about another transaction.
        throw unsure.length > 0 && !UNDERPRICED.test(String(error)) ? unsure[0] : error
      }
    }
    throw new Given(last)
  }

  return {
    transport: ({ timeout = 10_000, retryCount = 3 } = {}) => {
      return ({ chain }) => {
        const asked = new Map<Endpoint, EIP1193RequestFn>()
        for (const endpoint of endpoints)
          asked.set(endpoint, http(endpoint.url, { timeout, retryCount: 0 })({ chain, retryCount: 0 }).request)
        const ask: Ask = (endpoint, request) => asked.get(endpoint)?.(request as never) as Promise<unknown>
        const request = async (given: { method: string; params?: unknown }) => {
          const unsure: unknown[] = []
          for (let tries = 0; ; tries++) {
            try {
              return await tryAll(ask, given, unsure)
            } catch (error) {
              if (!(error instanceof Given)) throw error
              if (tries >= retryCount) throw error.error
              await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY * 2 ** tries))
            }
          }
        }
        return createTransport({
          ...{ key: 'endpoints', name: 'RPC endpoints', type: 'endpoints', timeout, retryCount: 0 },
          request: request as EIP1193RequestFn,
        })
      }
    },
    states: () => endpoints.map(({ state }) => state),
    async check() {
      const look = async ({ url, state }: Endpoint) => {
        const { request } = http(url, { timeout: CHECK_TIMEOUT, retryCount: 0 })({ retryCount: 0 })
        try {
          const [id, head] = await Promise.all([
            request({ method: 'eth_chainId' }),
            request({ method: 'eth_blockNumber' }),
          ])
          state.head = BigInt(head as Hex)
          if (chainId !== undefined && Number(id) !== chainId)
            turn(state, 'other-chain', new WrongChainError(Number(id), chainId))
          else if (state.condition === 'other-chain') turn(state, 'up')
          else answered(state)
        } catch (error) {
          state.head = undefined
          failed(state, error)
        }
      }
      await Promise.all(endpoints.map(look))
      const here = endpoints.filter(({ state }) => state.condition !== 'other-chain')
      const median = medianHead(here.map(({ state }) => state.head))
      for (const { state } of here) {
        const isBehind = median !== undefined && state.head !== undefined && median - state.head > BigInt(mostBehind)
        if (isBehind) turn(state, 'behind')
        else if (state.condition === 'behind' && state.head !== undefined) turn(state, 'up')
      }
    },
  }
}

/** The first line of what went wrong: the URL comes after it. */
function shortly(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? text
}

/** All endpoints failed; `error` is the last one's. */
class Given extends Error {
  readonly error: unknown
  constructor(error: unknown) {
    super('all endpoints failed', { cause: error })
    this.error = error
  }
}
