import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { statusQuery } from '../data/status.ts'
import { walletSearch } from '../features/wallet/walletSearch.ts'
import { rootRoute } from './root.tsx'

export const walletRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wallet',
  validateSearch: walletSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(statusQuery),
  component: lazyRouteComponent(() => import('../features/wallet/WalletPage.tsx'), 'WalletPage'),
})
