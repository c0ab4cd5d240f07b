import { type Env, errorResponse, guard, requireKnownHost } from '@stoa/gateway/endpoint'
import { BaseError } from '@stoa/protocol'
import { Hono } from 'hono'
import { type Config, rpcUrlsOf } from '../home/config.ts'
import { chainCalls } from './chainCalls.ts'
import { describeHome, PART_NAMES, partUrl } from './describeHome.ts'
import { type DraftCallsParameters, draftCalls } from './draftCalls.ts'
import { forward } from './forward.ts'
import { lookAtPart } from './lookAtPart.ts'
import { secureHeaders, serveSite } from './serveSite.ts'
import type { Site } from './site.ts'

export type DashboardParameters = {
  /** Where it is served: its own pages may call it, no other's may. */
  port: number
  /** The built dashboard, once there is one. */
  site: () => Promise<Site>
  /** The home's configuration, as it is now. */
  config: () => Promise<Config>
  /** What the home's own gateway asks of its owner. */
  ownerHeaders: () => Promise<Record<string, string>>
  /** Has the home's node settle all it is owed; as JSON what came of it. */
  settle: () => Promise<unknown>
  /** The draft of a model that is to be sold from this home. */
  draft: DraftCallsParameters
  /** Where the index is. */
  indexUrl: string
  /** Told of what is a fault of ours. */
  onFault: (error: unknown) => void
}

/** The dashboard and what its pages call, on one origin (specs/dashboard-http.md). */
export function createDashboard(parameters: DashboardParameters): Hono<Env> {
  const { port, site, config, settle, draft, indexUrl, onFault } = parameters
  const app = new Hono<Env>()
  app.onError((error) => {
    if (!(error instanceof BaseError)) onFault(error)
    return errorResponse(error)
  })
  app.use(secureHeaders)
  const own = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`)
  app.use('/api/*', guard({ allowedOrigins: own }))
  // A page may be opened by a link on any other: reading it gives nothing away and spends nothing.
  app.use(requireKnownHost({}))
  app.get('/api/home', async (c) => c.json(describeHome(await config(), indexUrl)))
  for (const name of PART_NAMES)
    app.get(`/api/home/parts/${name}`, async (c) =>
      c.json(await lookAtPart(name, partUrl(await config(), indexUrl, name))),
    )
  app.post('/api/home/settle', async (c) => c.json({ settled: await settle() }))
  app.route('/api/home', draftCalls(draft))
  app.post(
    '/api/chain',
    chainCalls(async () => rpcUrlsOf(await config())[0]),
  )
  const gateway = async () => ({
    ...{ name: 'gateway', url: `http://127.0.0.1:${(await config()).ports.gateway}` },
    headers: await parameters.ownerHeaders(),
  })
  app.on(['GET', 'POST', 'PATCH', 'DELETE'], '/api/gateway/*', forward('/api/gateway', gateway))
  app.on(
    ['GET', 'POST'],
    '/api/index/*',
    forward('/api/index', async () => ({ name: 'index', url: indexUrl })),
  )
  app.get('*', serveSite(site))
  return app
}
