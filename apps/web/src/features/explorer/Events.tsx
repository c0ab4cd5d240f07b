import type { ListEventsParameters } from '@stoa/sdk/index-client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { EventList } from './EventList.tsx'
import { eventsQuery } from './eventsQuery.ts'

type EventsProps = { filter: Omit<ListEventsParameters, 'before' | 'limit'>; empty: ReactNode }

/** The events of a filter, latest first, more of them as one goes down. */
export function Events({ filter, empty }: EventsProps) {
  const query = useInfiniteQuery(eventsQuery(filter))
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const events = useMemo(() => data?.pages.flat(), [data])
  if (error && !events) return <Problem error={error} onRetry={() => void refetch()} />
  if (!events)
    return (
      <div className="panel px-4 py-4">
        <SkeletonLines count={8} />
      </div>
    )
  if (events.length === 0) return empty
  return (
    <EventList
      events={events}
      hasMore={hasNextPage}
      isLoading={isFetchingNextPage}
      onMore={() => void fetchNextPage()}
    />
  )
}
