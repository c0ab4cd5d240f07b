import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { modelsQuery } from '../data/models.ts'
import { rootRoute } from './root.tsx'

/** What of the market is shown: all of it is in the address, so that a view can be sent to somebody. */
const search = z.object({
  q: z.string().max(200).optional().catch(undefined),
  task: z.enum(['ocr', 'embedding', 'generate', 'graph']).optional().catch(undefined),
  proof: z.enum(['exact', 'attested']).optional().catch(undefined),
  /** Without one, by price. */
  sort: z.enum(['latency', 'success', 'new', 'name']).optional().catch(undefined),
})

export type MarketSearch = z.infer<typeof search>

export const marketRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: search,
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('../features/market/MarketPage.tsx'), 'MarketPage'),
})
