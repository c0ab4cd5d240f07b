import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { draftQuery } from '../data/draft.ts'
import { rootRoute } from './root.tsx'

export const provideRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/provide',
  loader: ({ context }) => void context.queryClient.prefetchQuery(draftQuery),
  component: lazyRouteComponent(() => import('../features/provide/ProvidePage.tsx'), 'ProvidePage'),
})
