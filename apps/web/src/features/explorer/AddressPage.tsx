import type { Address } from '@stoa/protocol'
import { getDeposit, getEarnings, listProviders, spendByDay } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatEther } from 'viem'
import { useHome } from '../../data/home.ts'
import { indexed } from '../../data/indexed.ts'
import { balancesQuery } from '../../data/ledger.ts'
import { useNames } from '../../data/names.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Hint } from '../../ui/Hint.tsx'
import { Page } from '../../ui/Page.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { Whole } from './links.tsx'
import { Paid } from './Paid.tsx'
import { Payments } from './Payments.tsx'
import { WhatHappened } from './WhatHappened.tsx'

const route = getRouteApi('/explorer/address/$address')

/** One account: what it holds, what it is on the ledger, what it paid and was paid, and what it did. */
export function AddressPage() {
  // The route lets nothing else through.
  const address = route.useParams().address as Address
  const name = useNames().get(address.toLowerCase())
  const filter = useMemo(() => ({ sender: address }), [address])
  return (
    <Page
      title={name ? `Account: ${name}` : 'Account'}
      lead={<Whole value={address} what="address" />}
      aside={
        <Link to="/wallet" search={{ account: address }} className="text-accent underline underline-offset-2">
          Its deposit
        </Link>
      }
    >
      <div className="space-y-8">
        <Holdings address={address} />
        <Paid account={address} />
        <Payments of={{ payer: address }} />
        <WhatHappened filter={filter} title="What it did" nothing="It never sent a transaction to Stoa’s contracts." />
      </div>
    </Page>
  )
}

function Holdings({ address }: { address: Address }) {
  const { deployment } = useHome()
  const { data: held } = useQuery(balancesQuery(deployment, address))
  const { data: deposit } = useQuery(indexed(getDeposit({ payer: address })))
  const { data: spent } = useQuery(indexed(spendByDay({ payer: address })))
  const { data: earnings } = useQuery(indexed(getEarnings({ account: address })))
  const { data: providers } = useQuery(indexed(listProviders({ provider: address })))
  const provider = providers?.[0]
  return (
    <Facts columns={6}>
      <Fact name="Holds">{held ? <Amount wei={held.token} /> : <Skeleton className="h-5 w-20" />}</Fact>
      <Fact name="Coin for gas">
        {held ? (
          <Hint text={`${groupDigits(String(held.native))} wei`}>
            {Number(formatEther(held.native)).toFixed(4)} <span className="text-muted">ETH</span>
          </Hint>
        ) : (
          <Skeleton className="h-5 w-20" />
        )}
      </Fact>
      <Fact name="On deposit">
        <Amount wei={deposit?.balance ?? 0n} />
      </Fact>
      <Fact name="Spent on answers">
        <Amount wei={spent?.reduce((sum, { paid }) => sum + paid, 0n) ?? 0n} />
      </Fact>
      <Fact name="Earned">
        <Amount wei={earnings?.credited ?? 0n} />
      </Fact>
      <Fact name={provider ? 'Staked, as a provider' : 'Staked'}>
        <Amount wei={provider?.stake ?? 0n} />
      </Fact>
    </Facts>
  )
}
