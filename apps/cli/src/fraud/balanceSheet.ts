import type { Hex } from '@stoa/protocol'
import { type Deployment, getBalances, getProvider, type ReadClient } from '@stoa/sdk'

/** Where the registry sends what it burns, and the judge too. */
const BURNED: Hex = '0x000000000000000000000000000000000000dead'

/** Wei of the stake token, by who holds it; stake apart from accounts. */
export type BalanceSheet = Readonly<Record<string, bigint>>

export type Parties = { readonly payer: Hex; readonly disputer: Hex; readonly seller: Hex }

/** What each party of a dispute holds now. */
export async function balanceSheet(
  client: ReadClient,
  deployment: Deployment,
  parties: Parties,
): Promise<BalanceSheet> {
  const { payer, disputer, seller } = parties
  const held = async (account: Hex) => (await getBalances(client, { deployment, account })).token
  const { stake = 0n, unbonding = 0n } = (await getProvider(client, { deployment, provider: seller })) ?? {}
  return {
    "seller's stake": stake + unbonding,
    "buyer's account": await held(payer),
    "buyer's dispute account": await held(disputer),
    'judge (bonds)': deployment.arbiter ? await held(deployment.arbiter) : 0n,
    burned: await held(BURNED),
  }
}

/** What changed between two sheets; it sums up to nothing, for no wei is made or lost. */
export const changes = (before: BalanceSheet, after: BalanceSheet): BalanceSheet =>
  Object.fromEntries(Object.entries(after).map(([who, wei]) => [who, wei - (before[who] ?? 0n)]))
