import { createIndexClient, type Question } from '@stoa/indexer/client'
import { queryOptions } from '@tanstack/react-query'

/** The home's index, behind the dashboard's own origin. */
export const indexer = createIndexClient({ url: '/api/index' })

/** Milliseconds between two questions: a local chain's block is in the tables within one second. */
const REFRESH = 4_000

/** A question to the index (specs/index.md), asked again now and then. `key` tells it from others. */
export function indexQuery<answer>(key: readonly unknown[], question: Question<answer>) {
  return queryOptions({
    queryKey: ['index', ...key],
    // A query may not answer undefined, as a question about what does not exist does.
    queryFn: async () => (await indexer.ask(question)) ?? null,
    refetchInterval: REFRESH,
  })
}
