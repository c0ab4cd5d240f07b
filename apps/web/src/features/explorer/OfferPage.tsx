import type { Hex } from '@stoa/protocol'
import { listOffers, listSettlements } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { indexed } from '../../data/indexed.ts'
import { priceOf } from '../../lib/priceOf.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { ProofBadge } from '../../ui/ProofBadge.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { When } from '../../ui/When.tsx'
import { LatestLines, MOST_LINES } from './LatestLines.tsx'
import { AccountLink, ModelLink, OfferLink, TransactionLink, Whole } from './links.tsx'
import { NotThere } from './NotThere.tsx'
import { Payments } from './Payments.tsx'

const route = getRouteApi('/explorer/offer/$id')

/** One offer: its terms, which never change, and what came of it. */
export function OfferPage() {
  // The route lets nothing else through.
  const id = route.useParams().id as Hex
  const { data, error, refetch } = useQuery(indexed(listOffers({ offerId: id })))
  const found = data?.[0]
  return (
    <Page title="Offer" lead={<Whole value={id} what="offer" />}>
      <div className="space-y-8">
        {error && !data && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonLines count={5} />}
        {data && !found && (
          <NotThere title="This ledger has no such offer">Look up its provider or model instead.</NotThere>
        )}
        {found && (
          <Facts columns={4}>
            <Fact name="Stands">
              <Badge tone={found.state === 'open' ? 'good' : 'plain'}>{found.state}</Badge>{' '}
              {found.replacedBy && <OfferLink id={found.replacedBy} />}
            </Fact>
            <Fact name="Model">
              <ModelLink id={found.offer.modelId} />, version {found.offer.modelVersion}
            </Fact>
            <Fact name="Provider">
              <AccountLink address={found.offer.provider} />
            </Fact>
            <Fact name="Paid to">
              <AccountLink address={found.offer.payee} />
            </Fact>
            <Fact name={`Price per ${priceOf(found.offer.price, found.offer.unit).per}`}>
              <Amount wei={priceOf(found.offer.price, found.offer.unit).wei} />
            </Fact>
            <Fact name="Proof">
              <ProofBadge kind={found.offer.proofKind} profile={null} />
            </Fact>
            <Fact name="Owner’s share">{found.offer.ownerSharePpm / 10_000} %</Fact>
            <Fact name="A wrong answer costs">
              <Amount wei={found.offer.slashCap} />
            </Fact>
            <Fact name="Served on trust up to">
              <Amount wei={found.offer.exposure} />
            </Fact>
            <Fact name={`Settled, ${found.calls} ${found.calls === 1 ? 'call' : 'calls'}`}>
              <Amount wei={found.settled} />
            </Fact>
            <Fact name="To owner, to payee">
              <Amount wei={found.toOwner} />, <Amount wei={found.toPayee} />
            </Fact>
            <Fact name="Made">
              <When at={found.createdAt} /> <TransactionLink hash={found.tx} />
            </Fact>
          </Facts>
        )}
        {found && <Settlements offerId={id} />}
        {found && <Payments of={{ offerId: id }} />}
      </div>
    </Page>
  )
}

function Settlements({ offerId }: { offerId: Hex }) {
  const { data } = useQuery(indexed(listSettlements({ offerId, limit: MOST_LINES })))
  return (
    <LatestLines
      title="Settlements"
      rows={data}
      nothing="None yet."
      line={({ payer, paid, calls }) => (
        <>
          <AccountLink address={payer} /> paid <Amount wei={paid} /> for {calls} {calls === 1 ? 'call' : 'calls'}
        </>
      )}
    />
  )
}
