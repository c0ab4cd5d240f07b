import { type Command, InvalidArgumentError, Option } from 'commander'
import type { GlobalOptions } from '../commands/context.ts'
import { homeFolder } from '../home/home.ts'
import type { Service } from '../services/serve.ts'
import { DEFAULT_SERVICE, type ServiceOptions } from '../services/serviceOptions.ts'
import type { ServiceName } from '../services/startService.ts'
import { port } from './readers.ts'

type Open = (folder: string, options: ServiceOptions) => Promise<Service>

/** What `serve` can open, in a process of its own, which loads nothing of the others. */
const SERVICES: Readonly<Record<ServiceName, () => Promise<Open>>> = {
  node: async () => (await import('../services/serveNode.ts')).openNodeService,
  gateway: async () => (await import('../services/serveGateway.ts')).openGatewayService,
  web: async () => (await import('../services/serveWeb.ts')).openWebService,
}

/** What `stoa up` and `stoa run` start of themselves, not for people. */
export function addService(program: Command): void {
  program
    .command('serve <service>', { hidden: true })
    .requiredOption('--port <port>', 'where to listen', port)
    .option('--host <address>', 'address to listen on', DEFAULT_SERVICE.host)
    .option('--ops-port <port>', 'where metrics and probes are served', port)
    .option('--ops-host <address>', 'address of these', DEFAULT_SERVICE.opsHost)
    .addOption(new Option('--log <form>', 'what it writes').choices(['words', 'json']).default('words'))
    .option('--settle-last', 'settle before the end', false)
    .action(async (service: string, { opsPort, ...options }) => {
      const load = new Map(Object.entries(SERVICES)).get(service)
      if (!load) throw new InvalidArgumentError(`There is no service "${service}".`)
      const [open, { serve }] = await Promise.all([load(), import('../services/serve.ts')])
      await serve(() => open(homeFolder(program.opts<GlobalOptions>().home), { ...options, opsPort }))
    })
}
