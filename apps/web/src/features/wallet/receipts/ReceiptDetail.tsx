import { listSettlements } from '@stoa/indexer/client'
import { useQuery } from '@tanstack/react-query'
import { indexQuery } from '../../../data/indexer.ts'
import type { Receipt } from '../../../data/receipts.ts'
import { Amount } from '../../../ui/Amount.tsx'
import { Fact } from '../../../ui/Fact.tsx'
import { Hash } from '../../../ui/Hash.tsx'
import { ProofBadge } from '../../../ui/ProofBadge.tsx'
import { When } from '../../../ui/When.tsx'

/** All that a receipt says, and what the ledger has of it since. */
export function ReceiptDetail({ receipt }: { receipt: Receipt }) {
  const { dispute } = receipt
  return (
    <div className="space-y-3 border-t border-dashed border-line bg-sunken/50 px-4 py-4">
      {dispute && <p>{dispute.words}</p>}
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
        <Fact name="Receipt">
          <Hash value={receipt.digest} what="receipt" />
        </Fact>
        <Fact name="Settled">
          <Settlement receipt={receipt} />
        </Fact>
        <Fact name="Proof">
          <ProofBadge kind={receipt.proof_kind} profile={null} />
        </Fact>
        <Fact name="Units">{String(receipt.units)}</Fact>
        <Fact name="Provider">
          <Hash value={receipt.provider} what="provider" />
        </Fact>
        <Fact name="Offer">
          <Hash value={receipt.offer_id} what="offer" />
        </Fact>
        <Fact name="Lane">{String(receipt.lane)}</Fact>
        <Fact name="Charged on this lane so far">
          <Amount wei={receipt.charged_cumulative} />
        </Fact>
        <Fact name="Asked">
          <When at={receipt.requested_at} />
        </Fact>
        <Fact name="Weights">
          <Hash value={receipt.weights_digest} what="digest of the weights" />
        </Fact>
        <Fact name="Request">
          <Hash value={receipt.request_digest} what="digest of the request" />
        </Fact>
        <Fact name="Answer">
          <Hash value={receipt.response_digest} what="digest of the answer" />
        </Fact>
      </dl>
    </div>
  )
}

/** A lane is settled up to a total: a receipt is, when that has reached what it says was charged. */
function Settlement({ receipt: { offer_id, payer, lane, charged_cumulative } }: { receipt: Receipt }) {
  const question = listSettlements({ offerId: offer_id, payer, lane })
  const { data, isPending } = useQuery(indexQuery(['settlements', offer_id, payer, String(lane)], question))
  const settlement = data?.findLast(({ settled }) => settled >= charged_cumulative)
  if (settlement) return <When at={settlement.at} />
  return <span className="text-muted">{isPending ? 'looking…' : data ? 'not yet' : 'the index can’t be asked'}</span>
}
