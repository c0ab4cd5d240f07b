import { getRouteApi } from '@tanstack/react-router'
import type { Receipt } from '../../../data/receipts.ts'
import { WindowList } from '../../../ui/WindowList.tsx'
import { ReceiptRow } from './ReceiptRow.tsx'

const route = getRouteApi('/wallet')

/** Pixels: what a row is before it is measured. */
const ROW_HEIGHT = 57

type ReceiptListProps = { receipts: readonly Receipt[]; hasMore: boolean; isLoading: boolean; onMore: () => void }

/** The receipts, each of which can be opened. */
export function ReceiptList({ receipts, hasMore, isLoading, onMore }: ReceiptListProps) {
  const { receipt: open } = route.useSearch()
  const navigate = route.useNavigate()
  const toggle = (digest: string) =>
    navigate({
      search: (before) => ({ ...before, receipt: before.receipt === digest ? undefined : digest }),
      replace: true,
      resetScroll: false,
    })
  return (
    <>
      <WindowList
        label="Receipts"
        items={receipts}
        keyOf={({ digest }) => digest}
        rowHeight={ROW_HEIGHT}
        className="panel box-content overflow-hidden"
        isRuled
        more={{ hasMore, isLoading, onMore }}
      >
        {(receipt) => (
          <ReceiptRow receipt={receipt} isOpen={receipt.digest === open} onToggle={() => toggle(receipt.digest)} />
        )}
      </WindowList>
      <p role="status" className="text-sm text-muted">
        {isLoading
          ? 'Reading more…'
          : hasMore
            ? `${receipts.length} shown; scroll for more.`
            : `${receipts.length} in all.`}
      </p>
    </>
  )
}
