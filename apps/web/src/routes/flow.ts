import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { flowSearch } from '../features/flow/flowSearch.ts'
import { rootRoute } from './root.tsx'

export const flowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/flow',
  validateSearch: flowSearch,
  component: lazyRouteComponent(() => import('../features/flow/FlowPage.tsx'), 'FlowPage'),
})
