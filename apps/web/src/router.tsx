import { QueryClient } from '@tanstack/react-query'
import { createRouter, type RouterHistory } from '@tanstack/react-router'
import { explorerRoutes } from './routes/explorer.ts'
import { Failure } from './routes/Failure.tsx'
import { flowRoute } from './routes/flow.ts'
import { marketRoute } from './routes/market.ts'
import { modelRoute } from './routes/model.ts'
import { NotFound } from './routes/NotFound.tsx'
import { networkRoute } from './routes/network.ts'
import { playgroundRoute } from './routes/playground.ts'
import { provideRoute } from './routes/provide.ts'
import { rootRoute } from './routes/root.tsx'
import { walletRoute } from './routes/wallet.ts'
import { PageSkeleton } from './ui/PageSkeleton.tsx'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What is there is shown while it is read again, and stays when that fails.
      staleTime: 2_000,
      retry: 1,
    },
  },
})

/** The pages by their addresses: the browser's, unless `history` is another. */
export const createAppRouter = (history?: RouterHistory) =>
  createRouter({
    ...(history && { history }),
    routeTree: rootRoute.addChildren([
      ...[marketRoute, modelRoute, playgroundRoute, provideRoute, walletRoute, flowRoute, explorerRoutes, networkRoute],
    ]),
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: Failure,
    defaultNotFoundComponent: NotFound,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
