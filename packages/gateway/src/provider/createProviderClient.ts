import {
  type Address,
  decodeLoad,
  type Hex,
  LOAD_HEADER,
  RECEIPT_HEADER,
  REQUEST_ID_HEADER,
  STREAM_MEDIA_TYPE,
  TENSORS_MEDIA_TYPE,
  VOUCHER_HEADER,
} from '@stoa/protocol'
import {
  SEALED_HEADER,
  SEALED_MEDIA_TYPE,
  type SealContext,
  type SealedAnswer,
  sealRequest,
} from '@stoa/protocol/sealed'
import { Agent, type Dispatcher } from 'undici'
import { z } from 'zod'
import type { Timeouts } from '../settings.ts'
import type { Outcome } from './outcome.ts'
import { readCapped } from './readCapped.ts'
import { jsonOf, readRefusal } from './readRefusal.ts'
import { readStream } from './readStream.ts'

export type InferParameters = {
  /** Base URL from the ledger. */
  endpoint: string
  /** The voucher's header. */
  voucher: string
  /** An encoded tensor list. */
  body: Uint8Array
  /** Asks for the answer in pieces, while it is made. */
  stream?: Streaming | undefined
}

export type Streaming = {
  /** Gets each piece as it comes, before anything of the answer is checked. */
  onPiece: (piece: Uint8Array) => void
  /** Hangs up when it aborts. */
  signal?: AbortSignal | undefined
}

/** A lane's last voucher and receipt, as their headers (specs/recovery.md). */
export type LanePair = { voucher: string; receipt: string }

export type RecoverParameters = { endpoint: string; voucher: string; voucherDigest: Hex }

/** Talks to nodes (specs/node-http.md). Never throws for what a node does: every outcome has a name. */
export type ProviderClient = {
  infer(parameters: InferParameters): Promise<Outcome>
  /** Asks for the stored answer of an earlier voucher. */
  recover(parameters: RecoverParameters): Promise<Outcome>
  /** Returns lanes to a node that may have forgotten them. How many it took; undefined where it did not answer as it should. */
  returnLanes(parameters: { endpoint: string; pairs: readonly LanePair[] }): Promise<number | undefined>
  /** Asks a node for a payer's lanes. Undefined where it did not answer as it should. */
  askLanes(parameters: {
    endpoint: string
    query: { payer: Address; at: number; signature: Hex }
  }): Promise<readonly LanePair[] | undefined>
  close(): Promise<void>
}

export type CreateProviderClientParameters = {
  timeouts: Pick<Timeouts, 'connect' | 'answer' | 'recover'>
  /** Most bytes of an answer. */
  answerBytes: number
  /** The key to which calls to an endpoint are sealed, without which none is made; undefined: calls go in the clear. */
  sealKeyOf?: (endpoint: string) => Hex | undefined
  /** Id of the request in whose course a call is made, for the node's log; undefined where there is none. */
  requestId?: () => string | undefined
}

/** Connections are kept for the next call; a little shorter than Node's servers keep them (5 s), so that none is closed as we write. */
const KEEP_ALIVE_MS = 4_000
const ERROR_BYTES = 16_384
/** A thousand lanes. */
const LANES_BYTES = 1 << 20

const tookLanes = z.object({ taken: z.int().min(0) })
const header = z.string().max(1_000)
const toldLanes = z.object({ lanes: z.array(z.object({ voucher: header, receipt: header })).max(1_000) })

export function createProviderClient({
  timeouts,
  answerBytes,
  sealKeyOf,
  requestId = () => undefined,
}: CreateProviderClientParameters): ProviderClient {
  const agent = new Agent({ connect: { timeout: timeouts.connect }, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS })

  // The seller is known by the key to which the call is sealed, and needs no certificate of somebody else's.
  const sealedAgent = sealKeyOf
    ? new Agent({
        connect: { timeout: timeouts.connect, rejectUnauthorized: false },
        ...{ pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS },
      })
    : undefined

  const exchange = async (url: URL, timeout: number, init: Init, stream?: Streaming): Promise<Outcome> => {
    const clock = createClock(timeout)
    const signal = stream?.signal ? AbortSignal.any([clock.signal, stream.signal]) : clock.signal
    try {
      const { origin, pathname: path } = url
      const { sealed, ...rest } = init
      const by = sealed && sealedAgent ? sealedAgent : agent
      const response = await by.request({ ...rest, origin, path, signal, headersTimeout: 0, bodyTimeout: 0 })
      if (sealed) return announcing(response, await sealedOutcomeOf(response, answerBytes, sealed))
      if (stream && String(response.headers['content-type']).startsWith(STREAM_MEDIA_TYPE))
        return announcing(
          response,
          await readStream(response.body, answerBytes, (piece) => {
            clock.restart()
            stream.onPiece(piece)
          }),
        )
      return announcing(response, await outcomeOf(response, answerBytes))
    } catch (error) {
      return failure(error, clock.signal.aborted, timeout)
    } finally {
      clock.stop()
    }
  }

  /** What a node says of lanes; undefined for whatever goes wrong. */
  const lanes = async (method: 'PUT' | 'POST', endpoint: string, body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const url = resource(endpoint, 'v1/lanes')
    const signal = AbortSignal.timeout(timeouts.recover)
    try {
      const { origin, pathname: path } = url
      const request = { method, headers, body: JSON.stringify(body) }
      const response = await agent.request({ ...request, origin, path, signal })
      const bytes = await readCapped(response.body, LANES_BYTES)
      return response.statusCode === 200 && bytes ? jsonOf(bytes) : undefined
    } catch {
      return undefined
    }
  }
  const named = () => {
    const id = requestId()
    return id === undefined ? {} : { [REQUEST_ID_HEADER]: id }
  }

  /** The seal of a call; undefined where calls go in the clear, `unknown` where nobody knows the key. */
  const sealFor = async (endpoint: string, context: SealContext, body?: Uint8Array) => {
    if (!sealKeyOf) return undefined
    const key = sealKeyOf(endpoint)
    if (!key) return 'unknown'
    const { header, body: ciphertext, openAnswer } = await sealRequest(key, context, body)
    const type = ciphertext && { 'content-type': SEALED_MEDIA_TYPE }
    return { headers: { [SEALED_HEADER]: header, ...type }, body: ciphertext, openAnswer }
  }

  return {
    async infer({ endpoint, voucher, body, stream }) {
      const url = resource(endpoint, 'v1/infer')
      const sealed = await sealFor(endpoint, { method: 'POST', path: '/v1/infer', voucher }, body)
      if (sealed === 'unknown') return NO_SEAL
      const headers = { [VOUCHER_HEADER]: voucher, 'content-type': TENSORS_MEDIA_TYPE, ...named() }
      if (sealed) {
        // Whole or not at all: sealed answers come in one piece.
        const init = {
          method: 'POST',
          headers: { ...headers, ...sealed.headers },
          body: sealed.body ?? body,
          sealed,
        } as const
        return exchange(url, timeouts.answer, init)
      }
      const accept = stream && { accept: STREAM_MEDIA_TYPE }
      const init = { method: 'POST', headers: { ...headers, ...accept }, body, sealed: undefined } as const
      return exchange(url, timeouts.answer, init, stream)
    },
    async recover({ endpoint, voucher, voucherDigest }) {
      const sealed = await sealFor(endpoint, { method: 'GET', path: `/v1/answers/${voucherDigest}`, voucher })
      if (sealed === 'unknown') return NO_SEAL
      const headers = { [VOUCHER_HEADER]: voucher, ...named(), ...sealed?.headers }
      const url = resource(endpoint, `v1/answers/${voucherDigest}`)
      return exchange(url, timeouts.recover, { method: 'GET', headers, sealed })
    },
    async returnLanes({ endpoint, pairs }) {
      return tookLanes.safeParse(await lanes('PUT', endpoint, { lanes: pairs })).data?.taken
    },
    async askLanes({ endpoint, query }) {
      return toldLanes.safeParse(await lanes('POST', endpoint, query)).data?.lanes
    },
    async close() {
      await Promise.all([agent.destroy(), sealedAgent?.destroy()])
    },
  }
}

/** With what the node announced of its load beside it. */
function announcing({ headers }: Dispatcher.ResponseData, outcome: Outcome): Outcome {
  const announced = headers[LOAD_HEADER]
  if (typeof announced !== 'string' || (outcome.kind !== 'answered' && outcome.kind !== 'refused')) return outcome
  return { ...outcome, load: decodeLoad(announced) }
}

function resource(endpoint: string, path: string): URL {
  return new URL(path, endpoint.endsWith('/') ? endpoint : `${endpoint}/`)
}

type Init = Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'> & { sealed: Opener | undefined }
type Opener = { openAnswer(answer: Uint8Array): Promise<SealedAnswer> }

const NO_SEAL: Outcome = { kind: 'unsent', why: 'the key to which calls to it are sealed is not known' }

/** What is not sealed by the seller may be anybody's: then it is not known what the seller did with the voucher. Refusals come in the clear. */
async function sealedOutcomeOf(
  response: Dispatcher.ResponseData,
  answerBytes: number,
  { openAnswer }: Opener,
): Promise<Outcome> {
  if (response.statusCode !== 200) return outcomeOf(response, answerBytes)
  const bytes = await readCapped(response.body, answerBytes)
  const opened =
    bytes && response.headers[SEALED_HEADER] === '1' ? await openAnswer(bytes).catch(() => undefined) : undefined
  if (!opened) return { kind: 'unknown', why: 'its answer does not open: it is not the seller’s', timedOut: false }
  return { kind: 'answered', receiptHeader: opened.receiptHeader, body: opened.body }
}

async function outcomeOf(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  answerBytes: number,
): Promise<Outcome> {
  const bytes = await bytesOf({ headers, body }, statusCode === 200 ? answerBytes : ERROR_BYTES)
  if (!bytes) return { kind: 'broken', why: `its answer (${statusCode}) is larger than the gateway takes` }
  if (statusCode === 200) {
    const receiptHeader = headers[RECEIPT_HEADER]
    if (typeof receiptHeader !== 'string') return { kind: 'broken', why: 'its answer has no receipt' }
    return { kind: 'answered', receiptHeader, body: bytes }
  }
  // Something between us and the node may have answered, or the node has a fault: what it did with the voucher is not known.
  const refusal = readRefusal(bytes)
  if (!refusal) return { kind: 'unknown', why: `it answered ${statusCode} without a typed error`, timedOut: false }
  return refusal.code === 'INTERNAL' ? { kind: 'unknown', why: refusal.message, timedOut: false } : refusal
}

/** The whole body, or undefined where there are more than `maxBytes`. One that states its length ends there, says the HTTP parser, and need not be counted. */
async function bytesOf(
  { headers, body }: Pick<Dispatcher.ResponseData, 'headers' | 'body'>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const isBounded = Number(headers['content-length'] ?? Number.NaN) <= maxBytes
  return isBounded ? new Uint8Array(await body.arrayBuffer()) : readCapped(body, maxBytes)
}

/** Aborts when nothing came for so long. */
function createClock(milliseconds: number) {
  const controller = new AbortController()
  const expire = () => controller.abort(new DOMException('Too long.', 'TimeoutError'))
  let timer = setTimeout(expire, milliseconds)
  return {
    signal: controller.signal,
    restart() {
      clearTimeout(timer)
      timer = setTimeout(expire, milliseconds)
    },
    stop: () => clearTimeout(timer),
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
