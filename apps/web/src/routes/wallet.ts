import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { gatewayStatusQuery } from '../data/gatewayStatus.ts'
import { walletSearch } from '../features/wallet/walletSearch.ts'
import { rootRoute } from './root.tsx'

export const walletRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wallet',
  validateSearch: walletSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(gatewayStatusQuery),
  component: lazyRouteComponent(() => import('../features/wallet/WalletPage.tsx'), 'WalletPage'),
})
