import { BaseError } from '@stoa/protocol'

/** The person, or the wallet for them, said no. Nothing was sent. */
export class DeclinedError extends BaseError {
  override name = 'DeclinedError'
  constructor(wallet: string, cause: unknown) {
    super(`${wallet} declined.`, {
      code: 'DECLINED',
      hint: 'Nothing was sent. Do it again to be asked again.',
      cause,
    })
  }
}

/** A wallet that can't do what is needed. */
export class WalletError extends BaseError {
  override name = 'WalletError'
  constructor(wallet: string, why: string, options: { hint: string; cause?: unknown }) {
    super(`${wallet} ${why}.`, { code: 'WALLET', ...options })
  }
}

/** Whether a wallet says that its person declined (EIP-1193, 4001), at any depth. */
export function isDeclined(error: unknown): boolean {
  for (let cause = error; cause instanceof Error || isRecord(cause); cause = cause.cause) {
    if (isRecord(cause) && cause.code === 4001) return true
  }
  return false
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
