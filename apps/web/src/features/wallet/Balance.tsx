import type { Address } from '@stoa/protocol'
import type { GetAccountReturnType } from '@stoa/sdk'
import { getDeposit } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../data/indexed.ts'
import { statusQuery } from '../../data/status.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'

/** The account on the ledger. */
export type LedgerAccount = GetAccountReturnType & { chainTime: number }

type BalanceProps = { account: Address; ledger: LedgerAccount; isGateways: boolean }

/** What is on deposit, and how much of it is spoken for. */
export function Balance({ account, ledger, isGateways }: BalanceProps) {
  const { data: sums, isPending } = useQuery(indexed(getDeposit({ payer: account })))
  const { data: status } = useQuery({ ...statusQuery, enabled: isGateways })
  const { balance, withdrawalAmount } = ledger
  const free = isGateways ? status?.available : balance - withdrawalAmount
  return (
    <Facts columns={6}>
      <Fact name="On deposit" className="font-medium">
        <Amount wei={balance} />
      </Fact>
      <Fact name={isGateways ? 'Free to spend' : 'Not announced'}>
        {free === undefined ? <Skeleton className="h-5 w-24" /> : <Amount wei={free} />}
      </Fact>
      {isGateways && (
        <Fact name="Promised, not settled">
          {free === undefined ? (
            <Skeleton className="h-5 w-24" />
          ) : (
            <Amount wei={positive(balance - withdrawalAmount - free)} />
          )}
        </Fact>
      )}
      <Fact name="Leaving">
        <Amount wei={withdrawalAmount} />
      </Fact>
      <Fact name="Deposited in all">
        {sums ? <Amount wei={sums.deposited} /> : isPending ? <Skeleton className="h-5 w-24" /> : '–'}
      </Fact>
      <Fact name="Settled in all">
        {sums ? <Amount wei={sums.settled} /> : isPending ? <Skeleton className="h-5 w-24" /> : '–'}
      </Fact>
    </Facts>
  )
}

function positive(wei: bigint): bigint {
  return wei > 0n ? wei : 0n
}
