import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { DEFAULT_PERIOD, flowSearch } from '../features/flow/flowSearch.ts'
import { dayOf } from '../lib/days.ts'
import { seconds } from '../lib/useNow.ts'
import { rootRoute } from './root.tsx'

export const flowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/flow',
  validateSearch: flowSearch,
  loaderDeps: ({ search: { period = DEFAULT_PERIOD } }) => ({ period }),
  loader: ({ context, deps: { period } }) => {
    // What fails here the page asks for again, and says.
    import('../features/flow/flowQuery.ts')
      .then(({ flowQuery }) => context.queryClient.prefetchQuery(flowQuery(period, dayOf(seconds()))))
      .catch(() => {})
  },
  component: lazyRouteComponent(() => import('../features/flow/FlowPage.tsx'), 'FlowPage'),
})
