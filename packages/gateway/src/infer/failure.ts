import { type Address, WIRE_CODES } from '@stoa/protocol'
import {
  type FailedAttempt,
  type GatewayError,
  InsufficientDepositError,
  KeyNotRegisteredError,
  NoProviderError,
  NoValidAnswerError,
  OverExposureError,
  RequestRefusedError,
} from '../errors.ts'

/** Refusals that blame the request: every honest provider gives the same one. */
const REQUEST_CODES: readonly string[] = ['BAD_REQUEST', 'UNSUPPORTED', 'INVALID_TENSOR', 'BODY_TOO_LARGE']

export type FailureParameters = {
  model: string
  attempts: readonly (FailedAttempt & { spent: boolean })[]
  payer: Address
  escrow: Address
  key: Address
  /** Wei that the call needed and that seemed to be there. */
  needed: bigint
  available: bigint
}

/** The error that a call ends with when every attempt failed: what the caller can do about it decides. */
export function failureOf({ model, attempts, payer, escrow, key, needed, available }: FailureParameters): GatewayError {
  if (attempts.some(({ spent }) => spent)) return new NoValidAnswerError(model, attempts)
  const all = (...codes: readonly string[]) => attempts.length > 0 && attempts.every(({ code }) => codes.includes(code))
  const [first] = attempts
  if (first && all(...REQUEST_CODES)) return new RequestRefusedError(first.message, first.code, statusOf(first.code))
  if (all('OVER_DEPOSIT')) return new InsufficientDepositError({ available, needed, payer, escrow })
  if (all('WRONG_SIGNER')) return new KeyNotRegisteredError({ key, payer, escrow })
  if (all('OVER_EXPOSURE')) return new OverExposureError(attempts)
  return new NoProviderError(model, attempts)
}

function statusOf(code: string): number {
  return Object.entries(WIRE_CODES).find(([name]) => name === code)?.[1].status ?? 400
}
