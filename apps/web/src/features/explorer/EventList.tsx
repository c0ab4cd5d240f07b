import type { IndexedEvent } from '@stoa/sdk/index-client'
import { WindowList } from '../../ui/WindowList.tsx'
import { LedgerLine } from './LedgerLine.tsx'
import { Sentence } from './Sentence.tsx'
import { eventWords } from './words/eventWords.ts'

/** Pixels: what a row is before it is measured. */
const ROW_HEIGHT = 58

type EventListProps = { events: readonly IndexedEvent[]; hasMore: boolean; isLoading: boolean; onMore: () => void }

/** Events in words. */
export function EventList({ events, ...more }: EventListProps) {
  return (
    <WindowList
      label="Events"
      items={events}
      keyOf={({ block, logIndex }) => `${block}.${logIndex}`}
      rowHeight={ROW_HEIGHT}
      className="panel box-content overflow-hidden"
      isRuled
      more={more}
    >
      {(event) => (
        <LedgerLine tx={event.tx} at={event.at} block={event.block}>
          <Sentence parts={eventWords(event)} />
        </LedgerLine>
      )}
    </WindowList>
  )
}
