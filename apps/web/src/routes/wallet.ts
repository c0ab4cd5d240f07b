import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { keysQuery } from '../data/keys.ts'
import { receiptsQuery } from '../data/receipts.ts'
import { statusQuery } from '../data/status.ts'
import { walletSearch } from '../features/wallet/walletSearch.ts'
import { rootRoute } from './root.tsx'

export const walletRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wallet',
  validateSearch: walletSearch,
  loaderDeps: ({ search: { account, days, model, provider } }) => ({ account, days, model, provider }),
  loader: ({ context: { queryClient: client }, deps: { account, days, model, provider } }) => {
    void client.prefetchQuery(statusQuery)
    void client.prefetchQuery(keysQuery)
    const receipts = receiptsQuery({ model, provider })
    // Of receipts that are there, all pages would be read again.
    if (!client.getQueryData(receipts.queryKey)) void client.prefetchInfiniteQuery(receipts)
    // What asks ledger and index is large, and a part of no other page's first script. What fails here the page asks for again, and says.
    import('../features/wallet/readWallet.ts')
      .then(({ readWallet }) => readWallet(client, { account, days }))
      .catch(() => {})
  },
  component: lazyRouteComponent(() => import('../features/wallet/WalletPage.tsx'), 'WalletPage'),
})
