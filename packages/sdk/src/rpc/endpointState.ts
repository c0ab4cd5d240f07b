import { HttpRequestError, LimitExceededRpcError, ResourceUnavailableRpcError, RpcRequestError } from 'viem'
import { causes, isUnreachable } from '../errors/translateError.ts'

/**
 * What is known of one RPC endpoint. `failing`: it did not answer, and is left alone for a while. `behind`: its head is older than that of most others. `other-chain`: it
 * answers for another chain.
 */
export type EndpointCondition = 'up' | 'failing' | 'behind' | 'other-chain'

export type EndpointState = {
  /** Host of its URL: what may be shown, for the rest of the URL often holds a key. */
  readonly name: string
  condition: EndpointCondition
  /** Failures in a row. */
  failures: number
  /** Milliseconds of the clock before which it is asked only where no other is left. */
  until: number
  /** Head that it last told. */
  head: bigint | undefined
}

/** Names for URLs: their hosts, numbered where one host has several. */
export function endpointNames(urls: readonly string[]): string[] {
  const hosts = urls.map((url) => new URL(url).host)
  return hosts.map((host, i) =>
    hosts.filter((other) => other === host).length > 1
      ? `${host}#${hosts.slice(0, i + 1).filter((other) => other === host).length}`
      : host,
  )
}

/** Whether another endpoint may do better: this one is out of reach, out of patience, or not the RPC server that it should be. A refusal by the chain is none of these. */
export function isEndpointsFault(error: unknown): boolean {
  return causes(error).some(
    (cause) =>
      isUnreachable(cause) ||
      cause instanceof HttpRequestError ||
      cause instanceof LimitExceededRpcError ||
      cause instanceof ResourceUnavailableRpcError ||
      (cause instanceof RpcRequestError && !Number.isInteger(cause.code)) ||
      cause instanceof SyntaxError,
  )
}

/** Endpoints in the order in which they are asked: those in good condition as they were given, then the others, the soonest back first. */
export function inOrder<T extends { state: EndpointState }>(endpoints: readonly T[], now: number): T[] {
  const rest = (state: EndpointState) => {
    if (state.condition === 'other-chain') return Number.POSITIVE_INFINITY
    if (state.condition === 'behind') return Number.MAX_SAFE_INTEGER
    return Math.max(0, state.until - now)
  }
  return endpoints
    .filter(({ state }) => state.condition !== 'other-chain')
    .sort((a, b) => rest(a.state) - rest(b.state))
}

/** The upper median of the heads that are known: where most are, whatever a single one says. */
export function medianHead(heads: readonly (bigint | undefined)[]): bigint | undefined {
  const known = heads.filter((head) => head !== undefined).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return known[Math.floor(known.length / 2)]
}
