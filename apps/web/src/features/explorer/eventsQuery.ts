import { type IndexedEvent, type ListEventsParameters, listEvents, type Place } from '@stoa/sdk/index-client'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { index } from '../../data/indexed.ts'

const PAGE = 60
const REFRESH = 4_000

/** Events of a filter, page by page, latest first. */
export function eventsQuery(filter: Omit<ListEventsParameters, 'before' | 'limit'>) {
  return infiniteQueryOptions({
    queryKey: ['index', 'events', filter],
    queryFn: ({ pageParam }) => index.ask(listEvents({ ...filter, before: pageParam, limit: PAGE })),
    initialPageParam: undefined as Place | undefined,
    getNextPageParam: (page: IndexedEvent[]) => (page.length === PAGE ? page.at(-1) : undefined),
    // Further down nothing new comes in at the top: what is read stays as it is.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : REFRESH),
  })
}
