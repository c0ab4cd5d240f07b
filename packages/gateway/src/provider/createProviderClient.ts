import {
  decodeLoad,
  type Hex,
  LOAD_HEADER,
  RECEIPT_HEADER,
  STREAM_MEDIA_TYPE,
  TENSORS_MEDIA_TYPE,
  VOUCHER_HEADER,
} from '@stoa/protocol'
import { Agent, type Dispatcher } from 'undici'
import type { Timeouts } from '../settings.ts'
import type { Outcome } from './outcome.ts'
import { readCapped } from './readCapped.ts'
import { readRefusal } from './readRefusal.ts'
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

export function createProviderClient({ timeouts, answerBytes }: CreateProviderClientParameters): ProviderClient {
  const agent = new Agent({ connect: { timeout: timeouts.connect }, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS })

  const exchange = async (
    url: URL,
    timeout: number,
    init: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
    stream?: Streaming,
  ) => {
    const clock = createClock(timeout)
    const signal = stream?.signal ? AbortSignal.any([clock.signal, stream.signal]) : clock.signal
    try {
      const { origin, pathname: path } = url
      const response = await agent.request({ ...init, origin, path, signal, headersTimeout: 0, bodyTimeout: 0 })
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

  return {
    infer({ endpoint, voucher, body, stream }) {
      const accept = stream && { accept: STREAM_MEDIA_TYPE }
      const headers = { [VOUCHER_HEADER]: voucher, 'content-type': TENSORS_MEDIA_TYPE, ...accept }
      return exchange(resource(endpoint, 'v1/infer'), timeouts.answer, { method: 'POST', headers, body }, stream)
    },
    recover({ endpoint, voucher, voucherDigest }) {
      const headers = { [VOUCHER_HEADER]: voucher }
      const url = resource(endpoint, `v1/answers/${voucherDigest}`)
      return exchange(url, timeouts.recover, { method: 'GET', headers })
    },
    close: () => agent.destroy(),
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
  // Something between us and the node may have answered: what the node did with the voucher is not known.
  return (
    readRefusal(bytes) ?? { kind: 'unknown', why: `it answered ${statusCode} without a typed error`, timedOut: false }
  )
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
