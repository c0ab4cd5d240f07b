import { getRouteApi } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { Receipt } from '../../../data/receipts.ts'
import { useTop } from '../../../lib/useTop.ts'
import { ReceiptRow } from './ReceiptRow.tsx'

const route = getRouteApi('/wallet')

/** Pixels: what a row is before it is measured. */
const ROW_HEIGHT = 57
/** Rows before the end at which the next page is asked for. */
const AHEAD = 15

type ReceiptListProps = { receipts: readonly Receipt[]; hasMore: boolean; isLoading: boolean; onMore: () => void }

/** The receipts, of which only those near the window are in the page. */
export function ReceiptList({ receipts, hasMore, isLoading, onMore }: ReceiptListProps) {
  const { receipt: open } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useRef<HTMLUListElement>(null)
  const top = useTop(list)
  const rows = useWindowVirtualizer({
    count: receipts.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (index) => receipts[index]?.digest ?? index,
  })
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !isLoading && last >= receipts.length - AHEAD) onMore()
  }, [hasMore, isLoading, last, receipts.length, onMore])
  const toggle = (digest: string) =>
    navigate({
      search: (before) => ({ ...before, receipt: before.receipt === digest ? undefined : digest }),
      replace: true,
      resetScroll: false,
    })
  return (
    <>
      <ul
        ref={list}
        aria-label="Receipts"
        className="panel relative overflow-hidden"
        style={{ height: rows.getTotalSize() + 2 }}
      >
        {items.map(({ index, key, start }) => {
          const receipt = receipts[index]
          return (
            receipt && (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                aria-setsize={hasMore ? -1 : receipts.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0 border-b border-line"
                style={{ transform: `translateY(${start - top}px)` }}
              >
                <ReceiptRow
                  receipt={receipt}
                  isOpen={receipt.digest === open}
                  onToggle={() => toggle(receipt.digest)}
                />
              </li>
            )
          )
        })}
      </ul>
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
