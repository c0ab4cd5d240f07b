import { http, type Transport } from 'viem'

/** Milliseconds for an answer; the engine itself asks again. */
const TIMEOUT_MS = 10_000
/** Logs of many blocks come in one answer, 1 kB each. */
const MOST_BYTES = 256 * 1_024 * 1_024

/**
 * A chain over HTTP without what the index never reads: the calldata of transactions. Settlements come hundreds in one transaction, whose calldata is
 * most of all bytes that come over the wire, and the engine would write every one of them to its store and read it back.
 */
export function leanHttp(rpcUrl: string): Transport {
  const whole = http(rpcUrl, { retryCount: 0, timeout: TIMEOUT_MS, maxResponseBodySize: MOST_BYTES })
  return (given) => {
    const transport = whole(given)
    const request = async (...asked: Parameters<typeof transport.request>) => {
      const answer: unknown = await transport.request(...asked)
      if (asked[0].method.startsWith('eth_getBlockBy')) dropCalldata(answer)
      return answer
    }
    return { ...transport, request: request as typeof transport.request }
  }
}

/** Changes the answer itself: nobody else has it. */
function dropCalldata(block: unknown): void {
  if (typeof block !== 'object' || block === null || !('transactions' in block) || !Array.isArray(block.transactions))
    return
  for (const transaction of block.transactions as unknown[])
    if (typeof transaction === 'object' && transaction !== null && 'input' in transaction) transaction.input = '0x'
}
