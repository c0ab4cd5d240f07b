import { createIndexClient, type Question } from '@stoa/sdk/index-client'
import { queryOptions } from '@tanstack/react-query'

/** The home's index, behind the dashboard's own origin. */
export const index = createIndexClient({ url: '/api/index' })

/** Milliseconds between two askings. Polled: a stream for each question would take up the few connections that a browser makes to one origin. */
const REFRESH = 4_000
const REFRESH_WHEN_DOWN = 15_000

/** A question to the index (`@stoa/sdk/index-client`), as a query. */
export function indexed<answer>(question: Question<answer>) {
  return asked([question.sql, question.params], async () => ((await index.ask(question)) ?? null) as Known<answer>)
}

/** What is asked of the index, as a query. The index may be down: pages say what they lack, and show the rest. */
export function asked<answer>(key: readonly unknown[], ask: () => Promise<answer>) {
  return queryOptions({
    queryKey: ['index', ...key],
    queryFn: ask,
    refetchInterval: ({ state }) => (state.status === 'error' ? REFRESH_WHEN_DOWN : REFRESH),
    retry: false,
  })
}

/** A query may not answer undefined: what does not exist is null. */
type Known<answer> = undefined extends answer ? Exclude<answer, undefined> | null : answer
