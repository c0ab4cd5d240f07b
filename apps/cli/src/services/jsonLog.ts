import { BaseError } from '@stoa/protocol'
import { toJson } from '../output/printer.ts'

/** Events that somebody should look into, by how soon. All others are `info`. */
const LEVELS: Readonly<Record<string, 'error' | 'warn'>> = {
  failed: 'error',
  'settlement-failed': 'error',
  'payments-failed': 'error',
  challenged: 'error',
  'dispute-problem': 'error',
  'gas-low': 'error',
  'certificate-refused': 'error',
  'store-stuck': 'error',
  'internal-error': 'error',
  overcharged: 'error',
  'claim-refused': 'warn',
  'settlement-reverted': 'warn',
  'payment-reverted': 'warn',
  'settlement-uneconomic': 'warn',
  'finality-unknown': 'warn',
  'dispute-failed': 'warn',
  'game-gone': 'warn',
  'judge-unreachable': 'warn',
  endpoint: 'warn',
  'chain-unavailable': 'warn',
  'card-unreadable': 'warn',
  'terms-unreadable': 'warn',
  'attempt-failed': 'warn',
  'answer-rejected': 'warn',
  'weights-withheld': 'warn',
}

/**
 * Writes what happens as one line of JSON each: `time` (ISO 8601), `level`, `service`, `event`, `requestId` where a request brought it about, and what the event holds; amounts as decimal
 * strings. Never keys, requests or answers: events hold none.
 */
export function jsonLog(service: string, write: (line: string) => void) {
  return (
    event: Readonly<Record<string, unknown>> & ({ event: string } | { type: string }),
    about: { requestId?: string | undefined } = {},
  ) => {
    const { event: named, type, error, ...rest } = event as Record<string, unknown>
    const name = String(named ?? type)
    const { requestId } = about
    write(
      toJson({
        time: new Date().toISOString(),
        level: LEVELS[name] ?? 'info',
        service,
        event: name,
        ...(requestId !== undefined && { requestId }),
        ...rest,
        ...(error !== undefined && { error: describe(error) }),
      }),
    )
  }
}

function describe(error: unknown): Record<string, unknown> {
  if (error instanceof BaseError) {
    const { code, shortMessage: message, details, hint, retry } = error
    return { code, message, details, hint, retry }
  }
  if (error instanceof Error) return { code: 'BUG', message: error.message, stack: error.stack }
  return { code: 'BUG', message: String(error) }
}
