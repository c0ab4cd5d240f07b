import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { modelsQuery } from '../data/models.ts'
import { marketSearch } from '../features/market/marketSearch.ts'
import { rootRoute } from './root.tsx'

export const marketRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: marketSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('../features/market/MarketPage.tsx'), 'MarketPage'),
})
