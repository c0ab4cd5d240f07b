import type { IndexedEvent } from '@stoa/indexer/client'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useTop } from '../../lib/useTop.ts'
import { When } from '../../ui/When.tsx'
import { BlockLink, TransactionLink } from './links.tsx'
import { Sentence } from './Sentence.tsx'
import { eventWords } from './words/eventWords.ts'

/** Pixels: what a row is before it is measured. */
const ROW_HEIGHT = 58
/** Rows before the end at which the next page is asked for. */
const AHEAD = 20

type EventListProps = { events: readonly IndexedEvent[]; hasMore?: boolean; isLoading?: boolean; onMore?: () => void }

/** Events in words, of which only those near the window are in the page. */
export function EventList({ events, hasMore = false, isLoading = false, onMore }: EventListProps) {
  const list = useRef<HTMLOListElement>(null)
  const top = useTop(list)
  const rows = useWindowVirtualizer({
    count: events.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollMargin: top,
    getItemKey: (index) => `${events[index]?.block}.${events[index]?.logIndex}`,
  })
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !isLoading && last >= events.length - AHEAD) onMore?.()
  }, [hasMore, isLoading, last, events.length, onMore])
  return (
    <ol
      ref={list}
      aria-label="Events"
      className="panel relative overflow-hidden"
      style={{ height: rows.getTotalSize() + 2 }}
    >
      {items.map(({ index, key, start }) => {
        const event = events[index]
        return (
          event && (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={hasMore ? -1 : events.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0 border-b border-line px-4 py-2.5"
              style={{ transform: `translateY(${start - top}px)` }}
            >
              <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
                <span className="min-w-0 grow basis-80">
                  <Sentence parts={eventWords(event)} />
                </span>
                <span className="flex flex-wrap gap-x-3 text-sm text-muted">
                  <span>
                    block <BlockLink number={event.block} />
                  </span>
                  <TransactionLink hash={event.tx} />
                  <When at={event.at} />
                </span>
              </div>
            </li>
          )
        )
      })}
    </ol>
  )
}
