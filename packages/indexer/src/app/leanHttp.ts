import type { Hex } from '@stoa/protocol'
import { http } from 'viem'
import type { Ask } from './ask.ts'
import { joinQuestions } from './joinQuestions.ts'
import { pace } from './pace.ts'
import { joinRuns, type RpcLog } from './runs.ts'

/** Milliseconds for an answer; the engine itself asks again. */
const TIMEOUT_MS = 10_000
/** Logs of many blocks come in one answer, 1 kB each. */
const MOST_BYTES = 256 * 1_024 * 1_024

/**
 * A chain over HTTP as the engine is to see it. Settlements come hundreds in one transaction, of which it would write every byte of calldata, that the index
 * never reads, to its store and read it back: calldata is left out. Runs of settlements are one log each (`joinRuns`).
 */
export function leanHttp(rpcUrl: string, escrow: Hex): Ask {
  const { request } = http(rpcUrl, { retryCount: 0, timeout: TIMEOUT_MS, maxResponseBodySize: MOST_BYTES })({})
  const ask = joinQuestions(pace(async ({ method, params }) => request({ method, params })))
  return async (question) => {
    const answer = await ask(question)
    if (question.method.startsWith('eth_getBlockBy')) dropCalldata(answer)
    if (question.method !== 'eth_getLogs' || !Array.isArray(answer)) return answer
    return joinRuns(answer as RpcLog[], escrow, isLive(question.params))
  }
}

/** The engine asks for the logs of a live block by its hash, and for those of the chain's past by numbers. */
function isLive(params: unknown): boolean {
  const [filter]: unknown[] = Array.isArray(params) ? params : []
  return typeof filter === 'object' && filter !== null && 'blockHash' in filter
}

/** Changes the answer itself: nobody else has it. */
function dropCalldata(block: unknown): void {
  if (typeof block !== 'object' || block === null || !('transactions' in block) || !Array.isArray(block.transactions))
    return
  for (const transaction of block.transactions as unknown[])
    if (typeof transaction === 'object' && transaction !== null && 'input' in transaction) transaction.input = '0x'
}
