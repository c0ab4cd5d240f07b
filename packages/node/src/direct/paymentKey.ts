import type { DirectPayment } from '@stoa/sdk'

/** Names a payment in maps: the token takes a payer's nonce once. */
export function paymentKey({ payer, nonce }: Pick<DirectPayment, 'payer' | 'nonce'>): string {
  return `${payer}:${nonce}`
}
