import type { Address } from '@stoa/protocol'
import { getDeposit, spendByDay } from '@stoa/sdk/index-client'
import type { QueryClient } from '@tanstack/react-query'
import { homeQuery } from '../../data/home.ts'
import { indexed } from '../../data/indexed.ts'
import { accountQuery } from '../../data/ledger.ts'
import { dayOf } from '../../lib/days.ts'
import { seconds } from '../../lib/useNow.ts'
import { DEFAULT_DAYS, type WalletSearch } from './walletSearch.ts'

/** Begins to read what the wallet's page shows of ledger and index, beside its scripts instead of after them. */
export async function readWallet(client: QueryClient, { account, days = DEFAULT_DAYS }: WalletSearch): Promise<void> {
  const { deployment, accounts } = await client.ensureQueryData(homeQuery)
  // The route's schema lets nothing else through.
  const payer = (account ?? accounts.payer) as Address
  const to = dayOf(seconds())
  void client.prefetchQuery(accountQuery(deployment, payer))
  void client.prefetchQuery(indexed(getDeposit({ payer })))
  void client.prefetchQuery(indexed(spendByDay({ payer, from: to - days + 1, to })))
}
