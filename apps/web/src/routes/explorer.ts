import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router'
import { explorerSearch } from '../features/explorer/explorerSearch.ts'
import { rootRoute } from './root.tsx'

/** Refuses addresses that can't name what the page is about. */
function params<name extends string>(name: name, form: RegExp) {
  return {
    parse: (given: Record<name, string>): Record<name, string> => {
      if (!form.test(given[name])) throw notFound()
      return given
    },
  }
}

const explorerRoute = createRoute({ getParentRoute: () => rootRoute, path: '/explorer' })

const eventsRoute = createRoute({
  getParentRoute: () => explorerRoute,
  path: '/',
  validateSearch: explorerSearch,
  component: lazyRouteComponent(() => import('../features/explorer/ExplorerPage.tsx'), 'ExplorerPage'),
})

const transactionRoute = createRoute({
  getParentRoute: () => explorerRoute,
  path: 'tx/$hash',
  params: params('hash', /^0x[0-9a-fA-F]{64}$/),
  component: lazyRouteComponent(() => import('../features/explorer/TransactionPage.tsx'), 'TransactionPage'),
})

const blockRoute = createRoute({
  getParentRoute: () => explorerRoute,
  path: 'block/$number',
  params: params('number', /^\d{1,15}$/),
  component: lazyRouteComponent(() => import('../features/explorer/BlockPage.tsx'), 'BlockPage'),
})

const addressRoute = createRoute({
  getParentRoute: () => explorerRoute,
  path: 'address/$address',
  params: params('address', /^0x[0-9a-fA-F]{40}$/),
  component: lazyRouteComponent(() => import('../features/explorer/AddressPage.tsx'), 'AddressPage'),
})

const offerRoute = createRoute({
  getParentRoute: () => explorerRoute,
  path: 'offer/$id',
  params: params('id', /^0x[0-9a-f]{64}$/),
  component: lazyRouteComponent(() => import('../features/explorer/OfferPage.tsx'), 'OfferPage'),
})

const disputesRoute = createRoute({
  getParentRoute: () => explorerRoute,
  path: 'disputes',
  component: lazyRouteComponent(() => import('../features/explorer/disputes/DisputesPage.tsx'), 'DisputesPage'),
})

const disputeRoute = createRoute({
  getParentRoute: () => explorerRoute,
  path: 'disputes/$id',
  params: params('id', /^\d{1,18}$/),
  component: lazyRouteComponent(() => import('../features/explorer/disputes/DisputePage.tsx'), 'DisputePage'),
})

/** Everything on the ledger: its events, and a page for each thing of it. */
export const explorerRoutes = explorerRoute.addChildren([
  ...[eventsRoute, transactionRoute, blockRoute, addressRoute, offerRoute],
  ...[disputesRoute, disputeRoute],
])
