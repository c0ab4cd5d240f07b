import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { modelsQuery } from '../data/models.ts'
import { rootRoute } from './root.tsx'

/** A model by its number on the ledger: names are chosen by whoever publishes, numbers are not. */
export const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models/$modelId',
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('../features/model/ModelPage.tsx'), 'ModelPage'),
})
