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

/** An answer with status 200, its body bounded. */
export type UpstreamAnswer = { body: ReadableStream<Uint8Array>; contentType: string }

/**
 * Asks an upstream. Refuses redirects, so that the key goes nowhere else. Throws what specs/backends.md has for failures: `ModelFailedError`, `BadRequestError` and `OverloadedError`; the
 * signal's reason when it aborts.
 */
export async function callUpstream(upstream: Upstream, { path, body, signal }: UpstreamCall): Promise<UpstreamAnswer> {
  const { url, key } = upstream
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(key && { authorization: `Bearer ${key}` }),
  }
  const response = await fetch(`${url}${path}`, {
    ...{ headers, redirect: 'manual', signal: signal ?? null },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw failed(upstream, `can't be reached (${reasonOf(error)})`)
  })
  const stream = bounded(
    response.body ?? new Blob([]).stream(),
    upstream,
    response.ok ? MAX_UPSTREAM_BYTES : MAX_ERROR_BYTES,
  )
  if (response.status === 200) return { body: stream, contentType: response.headers.get('content-type') ?? '' }
  throw await refusal(upstream, response.status, stream)
}

/** The whole body as JSON. Throws as `callUpstream`. */
export async function readUpstreamJson(
  upstream: Upstream,
  { body }: UpstreamAnswer,
  signal?: AbortSignal,
): Promise<unknown> {
  try {
    return await new Response(body).json()
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ModelFailedError
      ? error
      : failed(upstream, `did not answer JSON to its end (${reasonOf(error)})`)
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

async function refusal(upstream: Upstream, status: number, stream: ReadableStream<Uint8Array>): Promise<Error> {
  const text = await new Response(stream).text().catch(() => '')
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

function bounded(stream: ReadableStream<Uint8Array>, upstream: Upstream, maxBytes: number): ReadableStream<Uint8Array> {
  let bytes = 0
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        bytes += piece.length
        if (bytes > maxBytes) controller.error(failed(upstream, `sent more than ${maxBytes} bytes`))
        else controller.enqueue(piece)
      },
    }),
  )
}

/** What fetch hides in causes. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {}
  const inner = cause instanceof Error ? cause : error
  return inner instanceof Error ? inner.message.split('\n', 1)[0] || inner.name : String(inner)
}
