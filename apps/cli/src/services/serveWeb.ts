import { listen } from '@stoa/gateway/endpoint'
import { requireConfig } from '../commands/context.ts'
import { createDashboard } from '../dashboard/createDashboard.ts'
import { ensureSite } from '../dashboard/ensureSite.ts'
import { readSite } from '../dashboard/site.ts'
import { CommandError } from '../errors.ts'
import { DEFAULT_PORTS } from '../home/defaultPorts.ts'
import { openHome } from '../home/home.ts'
import { ownerHeaders } from '../home/ownerKey.ts'
import { order } from './control.ts'
import type { Service } from './serve.ts'
import type { ServiceOptions } from './serviceOptions.ts'

/** Opens the home's dashboard. It listens at once; pages wait for the build, if one is needed. It loads no key. */
export async function openWebService(folder: string, { port }: ServiceOptions): Promise<Service> {
  const home = await openHome(folder)
  const { ports } = await requireConfig(home)
  const site = ensureSite().then(readSite)
  site.catch((error: unknown) =>
    process.stderr.write(`  dashboard  ${error instanceof Error ? error.message : error}\n`),
  )
  const app = createDashboard({
    port,
    site: () => site,
    config: () => requireConfig(home),
    ownerHeaders: async () => ownerHeaders(home, await requireConfig(home)),
    settle: () => order(home, 'settle'),
    draft: { home, order: (verb, body) => order(home, verb, body) },
    indexUrl: `http://127.0.0.1:${ports.index ?? DEFAULT_PORTS.index}`,
    onFault: (error) => process.stderr.write(`  dashboard  ${error instanceof Error ? error.stack : error}\n`),
  })
  const { url, close } = await listen(app, { port }, {})
  return {
    url,
    info: {},
    settle: () => Promise.reject(new CommandError('A dashboard settles nothing; the seller does.', {})),
    status: async () => ({ url }),
    close,
  }
}
