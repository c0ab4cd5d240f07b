import { type ListPaymentsParameters, listPayments } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../data/indexed.ts'
import { Amount } from '../../ui/Amount.tsx'
import { LatestLines, MOST_LINES } from './LatestLines.tsx'
import { AccountLink, OfferLink } from './links.tsx'

/** What was paid without a deposit, for an offer or by an account: mostly signed transfers of x402. */
export function Payments({ of }: { of: Pick<ListPaymentsParameters, 'offerId' | 'payer'> }) {
  const { data } = useQuery(indexed(listPayments({ ...of, limit: MOST_LINES })))
  return (
    <LatestLines
      title="Paid without a deposit"
      rows={data}
      line={({ offerId, payer, nonce, amount }) => (
        <>
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
        </>
      )}
    />
  )
}
