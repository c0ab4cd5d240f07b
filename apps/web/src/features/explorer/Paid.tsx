import type { Address } from '@stoa/protocol'
import { listTransfers } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../data/indexed.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Section } from '../../ui/Section.tsx'
import { LedgerLine } from './LedgerLine.tsx'
import { AccountLink } from './links.tsx'

/** Transfers that are shown; the rest are in the blocks. */
const MOST = 25

/** What came to an account and left it, of the token, from and to Stoa's contracts. */
export function Paid({ account }: { account: Address }) {
  const { data } = useQuery(indexed(listTransfers({ account, kind: 'token', limit: MOST })))
  if (!data || data.length === 0) return null
  return (
    <Section
      title="Money in and out"
      aside={data.length === MOST && <span className="text-muted">the latest {MOST}</span>}
    >
      <ul className="panel divide-y divide-line">
        {data.map(({ block, logIndex, sender, recipient, amount, tx, at }) => {
          const isIn = recipient === account.toLowerCase()
          return (
            <li key={`${block}.${logIndex}`}>
              <LedgerLine tx={tx} at={at}>
                <Amount wei={amount} /> {isIn ? 'from' : 'to'} <AccountLink address={isIn ? sender : recipient} />
              </LedgerLine>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
