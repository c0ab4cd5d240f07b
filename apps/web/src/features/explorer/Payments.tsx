import { type ListPaymentsParameters, listPayments } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../data/indexed.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Section } from '../../ui/Section.tsx'
import { LedgerLine } from './LedgerLine.tsx'
import { AccountLink, OfferLink } from './links.tsx'

/** Payments that are shown; the rest are in the blocks. */
const MOST = 25

/** What was paid without a deposit, for an offer or by an account: mostly signed transfers of x402. */
export function Payments({ of }: { of: Pick<ListPaymentsParameters, 'offerId' | 'payer'> }) {
  const { data } = useQuery(indexed(listPayments({ ...of, limit: MOST })))
  if (!data || data.length === 0) return null
  return (
    <Section
      title="Paid without a deposit"
      aside={data.length === MOST && <span className="text-muted">the latest {MOST}</span>}
    >
      <ul className="panel divide-y divide-line">
        {data.map(({ block, logIndex, offerId, payer, nonce, amount, tx, at }) => (
          <li key={`${block}.${logIndex}`}>
            <LedgerLine tx={tx} at={at}>
              {of.payer ? (
                'Paid'
              ) : (
                <>
                  <AccountLink address={payer} /> paid
                </>
              )}{' '}
              <Amount wei={amount} />
              {nonce && ' by signed transfer'}
              {!of.offerId && (
                <>
                  {' '}
                  for <OfferLink id={offerId} />
                </>
              )}
            </LedgerLine>
          </li>
        ))}
      </ul>
    </Section>
  )
}
