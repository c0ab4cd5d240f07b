import { BaseError, WIRE_CODES } from '@stoa/protocol'
import { GatewayError } from '../errors.ts'

/** OpenAI's kinds of errors, by status. */
function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 402) return 'payment_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'api_error'
}

/** Seconds after which a caller may try again what may succeed later. */
const RETRY_SECONDS = 2

/**
 * An error as OpenAI's clients read it (specs/gateway-http.md): the message says what to do, the code is the error's own in lower case. What
 * is no `BaseError` is a bug, and its words stay inside.
 */
export function errorResponse(error: unknown): Response {
  const known = error instanceof BaseError ? error : undefined
  const status = known ? statusOf(known) : 500
  const param = error instanceof GatewayError ? (error.param ?? null) : null
  const message = known ? known.message : 'The gateway failed. Nothing more was bought. Its log tells why.'
  const code = (known?.code ?? 'INTERNAL').toLowerCase()
  const retry = known?.retry ?? false
  return Response.json(
    { error: { message, type: typeOf(status), param, code } },
    // The official clients repeat calls with 429 and 5xx by themselves unless told; a call that may have cost is the caller's decision.
    {
      status,
      headers: { 'x-should-retry': String(retry), ...(retry ? { 'retry-after': String(RETRY_SECONDS) } : {}) },
    },
  )
}

function statusOf(error: BaseError): number {
  if (error instanceof GatewayError) return error.status
  return Object.entries(WIRE_CODES).find(([code]) => code === error.code)?.[1].status ?? 500
}
