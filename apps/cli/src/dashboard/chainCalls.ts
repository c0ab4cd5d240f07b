import { type Env, GatewayError, readJson } from '@stoa/gateway/endpoint'
import type { Handler } from 'hono'
import { z } from 'zod'
import { PartUnreachableError } from './forward.ts'

/** Reading, and sending what somebody's wallet signed. Nothing that a development chain offers beyond that: no minting, no time travel. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...['eth_chainId', 'net_version', 'web3_clientVersion', 'eth_blockNumber', 'eth_syncing'],
  ...['eth_getBalance', 'eth_getCode', 'eth_getStorageAt', 'eth_getTransactionCount', 'eth_call', 'eth_estimateGas'],
  ...['eth_gasPrice', 'eth_maxPriorityFeePerGas', 'eth_feeHistory', 'eth_getLogs'],
  // Says what a transaction still lacks; signs and sends nothing.
  'eth_fillTransaction',
  ...['eth_getBlockByNumber', 'eth_getBlockByHash', 'eth_getBlockReceipts'],
  ...['eth_getTransactionByHash', 'eth_getTransactionReceipt', 'eth_sendRawTransaction'],
])

/** Bytes of a request: a transaction with the largest contract fits. */
const MAX_BODY = 1 << 20
const MAX_BATCH = 100

const call = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.int(), z.string().max(100)]),
  method: z.string(),
})
const calls = z.union([call, z.array(call).min(1).max(MAX_BATCH)])

/** JSON-RPC of the chain, as far as a wallet or a reader needs it. */
export function chainCalls(rpcUrl: () => Promise<string>): Handler<Env> {
  return async (c) => {
    const wanted = await readJson(c.req.raw, calls, MAX_BODY)
    const refused = [wanted].flat().find(({ method }) => !ALLOWED.has(method))
    if (refused) throw new CallRefusedError(refused.method)
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(wanted)
    const answer = await fetch(await rpcUrl(), { method: 'POST', headers, body }).catch((cause: unknown) => {
      throw new PartUnreachableError('chain', cause)
    })
    return new Response(answer.body, { status: answer.status, headers })
  }
}

class CallRefusedError extends GatewayError {
  override name = 'CallRefusedError'
  constructor(method: string) {
    super(`The dashboard passes no "${method.slice(0, 80)}" on to the chain.`, {
      code: 'CALL_REFUSED',
      status: 403,
      hint: 'Call the chain itself for anything else; "stoa status" says where it is.',
    })
  }
}
