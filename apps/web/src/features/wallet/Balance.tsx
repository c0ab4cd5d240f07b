import { getDeposit } from '@stoa/indexer/client'
import type { Address } from '@stoa/protocol'
import type { GetAccountReturnType } from '@stoa/sdk'
import { useQuery } from '@tanstack/react-query'
import { gatewayStatusQuery } from '../../data/gatewayStatus.ts'
import { indexQuery } from '../../data/indexer.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'

/** The account on the ledger. */
export type LedgerAccount = GetAccountReturnType & { chainTime: number }

type BalanceProps = { account: Address; ledger: LedgerAccount; isGateways: boolean }

/** What is on deposit, and how much of it is spoken for. */
export function Balance({ account, ledger, isGateways }: BalanceProps) {
  const { data: indexed, isPending } = useQuery(indexQuery(['deposit', account], getDeposit({ payer: account })))
  const { data: status } = useQuery({ ...gatewayStatusQuery, enabled: isGateways })
  const { balance, withdrawalAmount } = ledger
  const free = isGateways ? status?.available : balance - withdrawalAmount
  return (
    <dl className="panel grid grid-cols-2 gap-x-6 gap-y-4 px-4 py-4 sm:grid-cols-3 lg:grid-cols-6">
      <Fact name="On deposit" className="text-xl">
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
        {indexed ? <Amount wei={indexed.deposited} /> : isPending ? <Skeleton className="h-5 w-24" /> : '–'}
      </Fact>
      <Fact name="Settled in all">
        {indexed ? <Amount wei={indexed.settled} /> : isPending ? <Skeleton className="h-5 w-24" /> : '–'}
      </Fact>
    </dl>
  )
}

function positive(wei: bigint): bigint {
  return wei > 0n ? wei : 0n
}
