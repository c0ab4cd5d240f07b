import type { Address } from '@stoa/protocol'
import type { PayerView } from '../chain/payerViews.ts'
import { NodeChainUnavailableError, OverDepositError, OverExposureError, WrongSignerError } from './errors.ts'
import type { Payments } from './payments.ts'
import type { ReadVoucher } from './readVoucher.ts'

type Account = { payments: Payments; read: ReadVoucher; signer: Address /** Milliseconds. */; startedAt: number }

/** Views may be forgotten, by a settlement, while we wait for them; more often than this in a row something else is wrong. */
const ATTEMPTS = 5

/**
 * Runs `check` on what is known of the payer. A refusal that the chain may have overtaken (a deposit, a lock, a new key) is tried once
 * more on what it says now. Rejects with what `check` throws, CHAIN_UNAVAILABLE, OVERLOADED.
 */
export async function withPayerView<T>(account: Account, check: (view: PayerView) => T): Promise<T> {
  const { payments, read, signer, startedAt } = account
  const { views } = payments
  const { payer, offerId, lane } = read.voucher
  const query = { payer, offerId, lane, key: signer }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await views.ensure(query)
    const view = views.peek(query)
    if (!view) continue
    try {
      return check(view)
    } catch (error) {
      if (!isAboutAccount(error) || view.readAt >= startedAt) throw error
      await views.reread(query, startedAt)
    }
  }
  throw new NodeChainUnavailableError(new Error('what is known of the payer keeps changing'))
}

function isAboutAccount(error: unknown): boolean {
  return error instanceof WrongSignerError || error instanceof OverDepositError || error instanceof OverExposureError
}
