import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useChain } from '../../data/chain.ts'
import { useHome } from '../../data/home.ts'
import type { Receipt } from '../../data/receipts.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Hash } from '../../ui/Hash.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { When } from '../../ui/When.tsx'
import { Words } from '../../ui/Words.tsx'
import { AccountLink, Copied, OfferLink } from '../explorer/links.tsx'
import { checkReceipt, type Finding, type Held } from './checkReceipt.ts'
import { FindingRow } from './FindingRow.tsx'
import { Settlement } from './Settlement.tsx'

/** A receipt taken apart, checked here in the browser, and what came of it on the ledger. */
export function ReceiptView({ receipt, held }: { receipt: Receipt; held?: Held | undefined }) {
  const client = useChain()
  const { deployment } = useHome()
  const {
    data: findings,
    error,
    refetch,
  } = useQuery({
    queryKey: ['check', receipt.digest, Boolean(held?.request), Boolean(held?.response)],
    queryFn: () => checkReceipt({ client, deployment, receipt, ...(held && { held }) }),
    // Signed bytes do not change.
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <div className="space-y-6">
      <section aria-label="Checks" className="panel">
        <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-3">
          <h3 className="font-medium">Checked in this browser</h3>
          {findings && <Verdict findings={findings} />}
        </div>
        {error && !findings ? (
          <div className="p-4">
            <Problem error={error} onRetry={() => void refetch()} />
          </div>
        ) : findings ? (
          <ul className="divide-y divide-line">
            {findings.map((finding) => (
              <FindingRow key={finding.name} finding={finding} />
            ))}
          </ul>
        ) : (
          <div className="p-4">
            <SkeletonLines count={8} />
          </div>
        )}
      </section>
      <Settlement receipt={receipt} />
      <section aria-label="Fields" className="panel">
        <h3 className="border-b border-line px-4 py-3 font-medium">What the provider signed</h3>
        <dl className="divide-y divide-line">
          {fieldsOf(receipt).map(([name, value, note]) => (
            <div key={name} className="grid gap-x-4 px-4 py-2 sm:grid-cols-[11rem_15rem_1fr]">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0">{value}</dd>
              <dd className="min-w-0 text-sm text-muted">{note}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  )
}

function Verdict({ findings }: { findings: readonly Finding[] }) {
  const wrong = findings.filter(({ state }) => state === 'wrong').length
  const right = findings.filter(({ state }) => state === 'right').length
  if (wrong > 0) return <Badge tone="bad">{wrong} wrong</Badge>
  return <Badge tone="good">{right} right, none wrong</Badge>
}

function linked(value: string, what: string, link: ReactNode): ReactNode {
  return (
    <Copied value={value} what={what}>
      {link}
    </Copied>
  )
}

function fieldsOf(receipt: Receipt): [name: string, value: ReactNode, note: string][] {
  return [
    ['Receipt', <Hash key="v" value={receipt.digest} what="receipt" />, 'EIP-712 digest: the receipt’s name'],
    ['Model', <Words key="v" text={receipt.model} most={100} />, 'as its card calls it; not signed, the offer is'],
    [
      'Offer',
      linked(receipt.offer_id, 'offer', <OfferLink id={receipt.offer_id} />),
      'hash of the terms: price, unit, shares, judge',
    ],
    ['Payer', linked(receipt.payer, 'payer', <AccountLink address={receipt.payer} />), 'whose deposit pays'],
    ['Lane', String(receipt.lane), 'calls of one lane follow each other'],
    ['Promised, in all', <Amount key="v" wei={receipt.voucher_cumulative} />, 'the paying voucher’s ceiling'],
    ['Weights', <Hash key="v" value={receipt.weights_digest} what="digest of the weights" />, 'which files answered'],
    ['Request', <Hash key="v" value={receipt.request_digest} what="digest of the request" />, 'what was asked'],
    ['Response', <Hash key="v" value={receipt.response_digest} what="digest of the response" />, 'what was answered'],
    ['Units', groupDigits(String(receipt.units)), 'what the price counts'],
    ['Charge', <Amount key="v" wei={receipt.charge} />, 'for this call'],
    ['Charged, in all', <Amount key="v" wei={receipt.charged_cumulative} />, 'on this lane, this call included'],
    ['Asked', <When key="v" at={receipt.requested_at} />, ''],
    ['Answered', <When key="v" at={receipt.answered_at} />, ''],
    ['Signature', <Hash key="v" value={receipt.signature} what="signature" />, 'by a receipt key of the provider'],
  ]
}
