import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Home, useHome } from './home.ts'
import { modelNamesQuery } from './models.ts'

const ROLES: Readonly<Record<keyof Home['accounts'], string>> = {
  owner: 'you, as owner',
  provider: 'you, as provider',
  payee: 'you, as payee',
  payer: 'your gateway',
  disputer: 'your disputes',
}

const CONTRACTS: Readonly<Record<Exclude<keyof Home['deployment'], 'chainId'>, string>> = {
  token: 'Token',
  modelRegistry: 'ModelRegistry',
  providerRegistry: 'ProviderRegistry',
  escrow: 'Escrow',
  revenueSink: 'RevenueSink',
  offerPayments: 'OfferPayments',
  arbiter: 'Arbiter',
  smallModels: 'SmallModels',
}

export const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000'
/** Where contracts send what they burn. */
export const BURN_ADDRESS = '0x000000000000000000000000000000000000dead'

/** What this home knows an address as: its own accounts, and Stoa's contracts. Keys are lower case. */
export function namesOf({
  accounts,
  deployment,
  development,
}: Pick<Home, 'accounts' | 'deployment' | 'development'>): ReadonlyMap<string, string> {
  const named = (list: readonly (readonly [string | number | undefined, string])[]) =>
    list.flatMap(([address, name]) => (typeof address === 'string' ? [[address.toLowerCase(), name] as const] : []))
  return new Map([
    [ZERO_ADDRESS, 'nobody'],
    [BURN_ADDRESS, 'burned'],
    ...named(Object.entries(CONTRACTS).map(([key, name]) => [deployment[key as keyof typeof CONTRACTS], name])),
    ...named([
      [development?.minter.address, 'minter of test money'],
      [development?.account.address, 'development account'],
    ]),
    ...named(Object.entries(ROLES).map(([key, name]) => [accounts[key as keyof typeof ROLES], name])),
  ])
}

/** `namesOf` this home. */
export function useNames(): ReadonlyMap<string, string> {
  const { accounts, deployment, development } = useHome()
  return useMemo(() => namesOf({ accounts, deployment, development }), [accounts, deployment, development])
}

/** Names of models by id, of those that the gateway knows: cards are not on the chain. */
export function useModelNames(): ReadonlyMap<string, string> {
  return useQuery(modelNamesQuery).data ?? NONE
}

const NONE: ReadonlyMap<string, string> = new Map()
