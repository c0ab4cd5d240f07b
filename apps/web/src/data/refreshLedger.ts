import type { QueryClient } from '@tanstack/react-query'

/** Has everything read again that a transaction may have changed. */
export async function refreshLedger(client: QueryClient): Promise<void> {
  await Promise.all(['ledger', 'index', 'gateway'].map((of) => client.invalidateQueries({ queryKey: [of] })))
}
