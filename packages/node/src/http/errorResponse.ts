import { BaseError, WIRE_CODES, type WireCode } from '@stoa/protocol'
import { RefusedCallError } from '../errors.ts'

/** The JSON that goes with an error (specs/node-http.md). */
export type ErrorBody = {
  error: { code: WireCode; message: string; hint: string; retry: boolean } & Record<string, unknown>
}

export type ErrorAnswer = { status: number; headers: Record<string, string>; body: ErrorBody }

/** Where nothing better is known. */
const RETRY_SECONDS = 2

const INTERNAL = {
  message: 'The node failed.',
  hint: 'Ask again with the same payment, which is charged once at most, or ask another provider.',
}

/**
 * What a buyer is told of an error, and its HTTP status. Anything but a refusal or a malformed message is `INTERNAL` and says nothing of
 * the node's inside. `more` goes beside the figures.
 */
export function errorResponse(error: unknown, more: Record<string, unknown> = {}): ErrorAnswer {
  const code = wireCodeOf(error)
  const { status, retry } = WIRE_CODES[code]
  const known = code !== 'INTERNAL' && error instanceof BaseError
  const message = known ? [error.shortMessage, error.details].filter(Boolean).join(' ') : INTERNAL.message
  const hint = known ? (error.hint ?? '') : INTERNAL.hint
  // RFC 9110, section 10.2.3: with what is unavailable for now.
  const headers = status === 503 ? { 'retry-after': `${retrySecondsOf(error)}` } : {}
  return { status, headers, body: { error: { code, message, hint, retry, ...figuresOf(error), ...more } } }
}

/** The code on the wire; `INTERNAL` for what no buyer should see. */
export function wireCodeOf(error: unknown): WireCode {
  if (error instanceof RefusedCallError) return error.wireCode
  if (error instanceof BaseError && (error.code === 'MALFORMED_MESSAGE' || error.code === 'INVALID_TENSOR'))
    return error.code
  return 'INTERNAL'
}

function retrySecondsOf(error: unknown): number {
  return (error instanceof RefusedCallError ? error.retrySeconds : undefined) ?? RETRY_SECONDS
}

function figuresOf(error: unknown): Record<string, string> {
  if (!(error instanceof RefusedCallError)) return {}
  return Object.fromEntries(Object.entries(error.figures).map(([name, wei]) => [name, wei.toString()]))
}
