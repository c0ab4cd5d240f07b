import { type Dispatcher, request } from 'undici'
import { BadRequestError, ModelFailedError } from '../models/errors.ts'
import { OverloadedError } from '../payments/errors.ts'
import { UpstreamError } from './errors.ts'
import type { Upstream } from './upstream.ts'

/** Most bytes that an upstream's answer may have. */
export const MAX_UPSTREAM_BYTES = 16 << 20
const MAX_ERROR_BYTES = 65_536
const MAX_TOLD = 300

export type UpstreamCall = {
  /** After the base URL, with its slash. */
  path: string
  /** Sent as JSON; without one it is a GET. */
  body?: unknown
  signal?: AbortSignal | undefined
}

/** An answer whose body is read by one of the functions here, which bound it. */
export type UpstreamAnswer = Pick<Dispatcher.ResponseData, 'headers' | 'body'> & { maxBytes: number }

/**
 * Asks an upstream, and gives its answer of status 200. Follows no redirects, so that the key goes nowhere else. By undici's own request: `fetch` takes twice as long, and a chat waits for it. Throws what specs/backends.md has for failures:
 * `ModelFailedError`, `BadRequestError` and `OverloadedError`; the signal's reason when it aborts.
 */
export async function callUpstream(upstream: Upstream, { path, body, signal }: UpstreamCall): Promise<UpstreamAnswer> {
  const { url, key } = upstream
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(key && { authorization: `Bearer ${key}` }),
    // What comes packed is not unpacked here.
    ...{ accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'stoa' },
  }
  const response = await request(`${url}${path}`, {
    ...{ headers, signal: signal ?? null },
    ...(body === undefined ? { method: 'GET' } : { method: 'POST', body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw failed(upstream, `can't be reached (${reasonOf(error)})`)
  })
  const { statusCode, headers: told, body: stream } = response
  const isAnswer = statusCode === 200
  const answer = { headers: told, body: stream, maxBytes: isAnswer ? MAX_UPSTREAM_BYTES : MAX_ERROR_BYTES }
  if (isAnswer) return answer
  throw await refusal(upstream, statusCode, answer)
}

/** The whole body as JSON. Throws as `callUpstream`. */
export async function readUpstreamJson(
  upstream: Upstream,
  answer: UpstreamAnswer,
  signal?: AbortSignal,
): Promise<unknown> {
  try {
    return JSON.parse(await textOf(upstream, answer))
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ModelFailedError
      ? error
      : failed(upstream, `did not answer JSON to its end (${reasonOf(error)})`)
  }
}

/** The whole body, which is UTF-8. Throws `ModelFailedError` for one that is too large. */
export async function textOf(upstream: Upstream, answer: UpstreamAnswer): Promise<string> {
  const { headers, body, maxBytes } = answer
  // The HTTP parser ends the body there.
  if (Number(headers['content-length'] ?? Number.NaN) <= maxBytes) return body.text()
  const pieces: Uint8Array[] = []
  for await (const piece of piecesOf(upstream, answer)) pieces.push(piece)
  return new TextDecoder().decode(Buffer.concat(pieces))
}

/** The body as it comes; leaving it early hangs up. Throws `ModelFailedError` for one that is too large. */
export async function* piecesOf(
  upstream: Upstream,
  { body, maxBytes }: Pick<UpstreamAnswer, 'body' | 'maxBytes'>,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > maxBytes) throw failed(upstream, `sent more than ${maxBytes} bytes`)
    yield piece
  }
}

/** A failure for the buyer, with what happened for the operator. */
export function failed(
  upstream: Upstream,
  why: string,
  more: { status?: number; cause?: unknown } = {},
): ModelFailedError {
  return new ModelFailedError(new UpstreamError(upstream.url, withoutKey(why, upstream), more))
}

async function refusal(upstream: Upstream, status: number, answer: UpstreamAnswer): Promise<Error> {
  const text = await textOf(upstream, answer).catch(() => '')
  const told = withoutKey(messageOf(text), upstream).slice(0, MAX_TOLD)
  if (status === 400 || status === 413 || status === 422)
    return new BadRequestError(`The model's server refuses the request: ${told || `status ${status}`}`)
  if (status === 429 || status === 503) return new OverloadedError("calls of this model's server")
  return failed(upstream, `answered ${status}${told && `: ${told}`}`, { status })
}

/** OpenAI's, FastAPI's and the Open Inference Protocol's ways to say what is wrong. */
function messageOf(text: string): string {
  try {
    const { error, detail, message } = JSON.parse(text)
    const told = error?.message ?? error ?? message ?? detail
    return typeof told === 'string' ? told : ''
  } catch {
    return ''
  }
}

/** A server may say a key back, whole. */
function withoutKey(text: string, { key }: Upstream): string {
  return key ? text.replaceAll(key, '[key]') : text
}

/** Where a name has several addresses, what the first of them answered. */
function reasonOf(error: unknown): string {
  const [inner = error] = error instanceof AggregateError ? error.errors : []
  return inner instanceof Error ? inner.message.split('\n', 1)[0] || inner.name : String(inner)
}
