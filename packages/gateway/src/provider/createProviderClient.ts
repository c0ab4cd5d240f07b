import { type Hex, RECEIPT_HEADER, TENSORS_MEDIA_TYPE, VOUCHER_HEADER } from '@stoa/protocol'
import { Agent, type Dispatcher } from 'undici'
import { z } from 'zod'
import type { Timeouts } from '../settings.ts'
import type { Outcome } from './outcome.ts'
import { readCapped } from './readCapped.ts'

export type InferParameters = {
  /** Base URL from the ledger. */
  endpoint: string
  /** The voucher's header. */
  voucher: string
  /** An encoded tensor list. */
  body: Uint8Array
}

export type RecoverParameters = { endpoint: string; voucher: string; voucherDigest: Hex }

/** Talks to nodes (specs/node-http.md). Never throws for what a node does: every outcome has a name. */
export type ProviderClient = {
  infer(parameters: InferParameters): Promise<Outcome>
  /** Asks for the stored answer of an earlier voucher. */
  recover(parameters: RecoverParameters): Promise<Outcome>
  close(): Promise<void>
}

export type CreateProviderClientParameters = {
  timeouts: Pick<Timeouts, 'connect' | 'answer' | 'recover'>
  /** Most bytes of an answer. */
  answerBytes: number
}

/** Connections are kept for the next call; a little shorter than Node's servers keep them (5 s), so that none is closed as we write. */
const KEEP_ALIVE_MS = 4_000
const ERROR_BYTES = 16_384

const refusal = z.object({
  error: z.object({
    code: z.string().regex(/^[A-Z_]{1,40}$/),
    message: z.string().max(2000),
    hint: z.string().max(2000).optional(),
    retry: z.boolean().optional(),
  }),
})

export function createProviderClient({ timeouts, answerBytes }: CreateProviderClientParameters): ProviderClient {
  const agent = new Agent({ connect: { timeout: timeouts.connect }, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS })

  const exchange = async (
    url: URL,
    timeout: number,
    init: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
  ) => {
    const signal = AbortSignal.timeout(timeout)
    try {
      const { origin, pathname: path } = url
      const response = await agent.request({ ...init, origin, path, signal, headersTimeout: 0, bodyTimeout: 0 })
      return await outcomeOf(response, answerBytes)
    } catch (error) {
      return failure(error, signal.aborted, timeout)
    }
  }

  return {
    infer({ endpoint, voucher, body }) {
      const headers = { [VOUCHER_HEADER]: voucher, 'content-type': TENSORS_MEDIA_TYPE }
      return exchange(resource(endpoint, 'v1/infer'), timeouts.answer, { method: 'POST', headers, body })
    },
    recover({ endpoint, voucher, voucherDigest }) {
      const headers = { [VOUCHER_HEADER]: voucher }
      const url = resource(endpoint, `v1/answers/${voucherDigest}`)
      return exchange(url, timeouts.recover, { method: 'GET', headers })
    },
    close: () => agent.destroy(),
  }
}

function resource(endpoint: string, path: string): URL {
  return new URL(path, endpoint.endsWith('/') ? endpoint : `${endpoint}/`)
}

async function outcomeOf(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  answerBytes: number,
): Promise<Outcome> {
  const bytes = await readCapped(body, statusCode === 200 ? answerBytes : ERROR_BYTES)
  if (!bytes) return { kind: 'broken', why: `its answer (${statusCode}) is larger than the gateway takes` }
  if (statusCode === 200) {
    const receiptHeader = headers[RECEIPT_HEADER]
    if (typeof receiptHeader !== 'string') return { kind: 'broken', why: 'its answer has no receipt' }
    return { kind: 'answered', receiptHeader, body: bytes }
  }
  const parsed = refusal.safeParse(jsonOf(bytes))
  // Something between us and the node may have answered: what the node did with the voucher is not known.
  if (!parsed.success)
    return { kind: 'unknown', why: `it answered ${statusCode} without a typed error`, timedOut: false }
  const { code, message, hint, retry = false } = parsed.data.error
  return { kind: 'refused', code, message: hint ? `${message} ${hint}` : message, retry }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  } catch {
    return undefined
  }
}

function failure(error: unknown, timedOut: boolean, timeout: number): Outcome {
  if (timedOut) return { kind: 'unknown', why: `no answer within ${timeout} ms`, timedOut }
  const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
  if (isBeforeConnection(error)) return { kind: 'unsent', why: `it can't be reached (${why})` }
  return { kind: 'unknown', why: `the connection broke (${why})`, timedOut }
}

/** Whether a connection never stood, so that no byte of the request has left. One error for each address that was tried may stand within. */
function isBeforeConnection(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isBeforeConnection)
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as NodeJS.ErrnoException
  return code === 'UND_ERR_CONNECT_TIMEOUT' || syscall === 'connect' || syscall === 'getaddrinfo'
}
