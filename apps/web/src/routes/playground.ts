import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { modelsQuery } from '../data/models.ts'
import { rootRoute } from './root.tsx'

/** Which model is asked; by name, as callers write it. */
const search = z.object({ model: z.string().max(200).optional().catch(undefined) })

export const playgroundRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/playground',
  validateSearch: search,
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('../features/playground/PlaygroundPage.tsx'), 'PlaygroundPage'),
})
