import { lazy, Suspense } from 'react'
import type { Receipt } from '../../../data/receipts.ts'
import { Amount } from '../../../ui/Amount.tsx'
import { Badge, type Tone } from '../../../ui/Badge.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { Skeleton } from '../../../ui/Skeleton.tsx'
import { When } from '../../../ui/When.tsx'
import { Words } from '../../../ui/Words.tsx'

// What checks signatures and digests is large, and of use once a receipt is opened.
const ReceiptDetail = lazy(() =>
  import('./ReceiptDetail.tsx').then(({ ReceiptDetail: default_ }) => ({ default: default_ })),
)

const DISPUTES: Readonly<Record<string, Tone>> = { convicted: 'good', lost: 'bad', playing: 'warn', waiting: 'warn' }
const RERUNS: Readonly<Record<string, readonly [Tone, string]>> = {
  same: ['good', 'computed again: the same'],
  close: ['good', 'computed again: close'],
  different: ['bad', 'computed again: different'],
  far: ['bad', 'computed again: far off'],
  failed: ['plain', 'could not be computed again'],
}

type ReceiptRowProps = { receipt: Receipt; isOpen: boolean; onToggle: () => void }

export function ReceiptRow({ receipt, isOpen, onToggle }: ReceiptRowProps) {
  const { digest, model, charge, answered_at, rerun, dispute } = receipt
  const [tone, words] = (rerun && RERUNS[rerun]) || []
  return (
    <article>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-label={`Receipt ${digest.slice(0, 10)}`}
          onClick={onToggle}
          className="inline-flex size-7 items-center justify-center rounded text-muted hover:bg-sunken hover:text-ink"
        >
          <Icon name={isOpen ? 'up' : 'down'} />
        </button>
        <span className="min-w-0 grow basis-40 font-medium">
          <Words text={model} most={60} />
        </span>
        {tone && <Badge tone={tone}>{words}</Badge>}
        {dispute && <Badge tone={DISPUTES[dispute.state] ?? 'plain'}>dispute: {dispute.state}</Badge>}
        <span className="flex gap-x-4 max-sm:w-full max-sm:pl-11">
          <span className="text-right sm:w-32">
            <Amount wei={charge} />
          </span>
          <span className="text-right text-muted sm:w-32">
            <When at={answered_at} />
          </span>
        </span>
      </div>
      {isOpen && (
        <Suspense fallback={<Skeleton className="m-4 h-96" />}>
          <ReceiptDetail receipt={receipt} />
        </Suspense>
      )}
    </article>
  )
}
