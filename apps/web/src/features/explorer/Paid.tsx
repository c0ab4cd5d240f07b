import type { Address } from '@stoa/protocol'
import { listTransfers } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../data/indexed.ts'
import { Amount } from '../../ui/Amount.tsx'
import { LatestLines, MOST_LINES } from './LatestLines.tsx'
import { AccountLink } from './links.tsx'

/** What came to an account and left it, of the token, from and to Stoa's contracts. */
export function Paid({ account }: { account: Address }) {
  const { data } = useQuery(indexed(listTransfers({ account, kind: 'token', limit: MOST_LINES })))
  return (
    <LatestLines
      title="Money in and out"
      rows={data}
      line={({ sender, recipient, amount }) => {
        const isIn = recipient === account.toLowerCase()
        return (
          <>
            <Amount wei={amount} /> {isIn ? 'from' : 'to'} <AccountLink address={isIn ? sender : recipient} />
          </>
        )
      }}
    />
  )
}
