import { createIndexClient, type Question } from '@stoa/indexer/client'
import { queryOptions } from '@tanstack/react-query'

const index = createIndexClient({ url: '/api/index' })

/** Milliseconds between two askings. Polled: a stream for each question would take up the few connections that a browser makes to one origin. */
const REFRESH = 4_000
const REFRESH_WHEN_DOWN = 15_000

/** A question to the index (`@stoa/indexer/client`), as a query. The index may be down: pages say what they lack, and show the rest. */
export function indexed<answer>(question: Question<answer>) {
  return queryOptions({
    queryKey: ['index', question.sql, question.params],
    queryFn: () => index.ask(question),
    refetchInterval: ({ state }) => (state.status === 'error' ? REFRESH_WHEN_DOWN : REFRESH),
    retry: false,
  })
}
