import { keepIndex, startDashboard } from '../boot/boot.ts'
import { CommandError } from '../errors.ts'
import { type Config, writeConfig } from '../home/config.ts'
import { DEFAULT_PORTS } from '../home/defaultPorts.ts'
import { renewLostOffers } from '../market/renewLostOffers.ts'
import { listenForOrders, order } from '../services/control.ts'
import { requirePorts } from '../services/ports.ts'
import { runningOrders, STOP_ORDER } from '../services/runningOrders.ts'
import type { ServiceOptions } from '../services/serviceOptions.ts'
import { type SupervisedService, supervise } from '../services/supervise.ts'
import { type Context, requireConfig } from './context.ts'

export type RunOptions = {
  host: string
  nodePort?: number
  gatewayPort?: number
  webPort?: number
  nodeOpsPort?: number
  gatewayOpsPort?: number
  opsHost: string
  log: ServiceOptions['log']
}

const RUNNABLE = ['node', 'gateway', 'web'] as const
type Runnable = (typeof RUNNABLE)[number]

/** Runs services of a home against its chain, which it neither starts nor funds, until SIGTERM or ctrl-C; then they drain, buyers first. */
export async function runServices(
  { home, printer }: Context,
  names: readonly string[],
  options: RunOptions,
): Promise<void> {
  const wanted = chosen(names)
  const config = withPorts(await requireConfig(home), wanted, options)
  if (await order(home, 'status').catch(() => undefined))
    throw new CommandError(`Stoa is already running from ${home.folder}.`, {
      code: 'ALREADY_RUNNING',
      hint: 'Stop it first: one home has one of each service.',
    })
  const { ports } = config
  await requirePorts({
    ...Object.fromEntries(wanted.map((name) => [name, ports[name]])),
    ...{ 'node-ops': options.nodeOpsPort, 'gateway-ops': options.gatewayOpsPort },
  })
  await writeConfig(home, wanted.includes('node') ? await renewLostOffers(home, config, printer) : config)
  const { promise: finished, resolve: finish } = Promise.withResolvers<string>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, finish)

  const running: Partial<Record<Runnable, SupervisedService>> = {}
  const { host, opsHost, log } = options
  const start = (name: 'node' | 'gateway', opsPort: number | undefined) =>
    supervise(
      {
        name,
        home: home.folder,
        port: ports[name],
        ...{ host, opsHost, log, settleLast: true },
        ...(opsPort && { opsPort }),
      },
      finish,
    )
  const index = wanted.includes('web') ? keepIndex(home, config) : undefined
  let stopListening = async () => {}
  try {
    if (wanted.includes('node')) running.node = await start('node', options.nodeOpsPort)
    if (wanted.includes('gateway')) running.gateway = await start('gateway', options.gatewayOpsPort)
    if (wanted.includes('web') && ports.web) running.web = await startDashboard(home, ports.web, printer)
    stopListening = await listenForOrders(home, runningOrders({ home, running, index, finish }))
    const urls = Object.fromEntries(Object.entries(running).map(([name, service]) => [name, service.current().url]))
    printer.result(
      { running: urls },
      Object.entries(urls)
        .map(([name, url]) => `${name.padEnd(9)}${url}`)
        .join('\n'),
    )
    const why = await finished
    printer.say(`\n${why}: draining.`)
    if (!['SIGINT', 'SIGTERM', STOP_ORDER].includes(why))
      throw new CommandError(`${why}, so everything was stopped.`, {
        code: 'SERVICE_ENDED',
        hint: 'Nothing is lost: start again with "stoa run". If it ends again, its last words above say why.',
        retry: true,
      })
  } finally {
    await stopListening()
    await index?.stop()
    // Buyers first, so that the seller sees their last calls through.
    for (const name of ['web', 'gateway', 'node'] as const) await running[name]?.stop()
  }
}

function chosen(names: readonly string[]): readonly Runnable[] {
  const unknown = names.find((name) => !RUNNABLE.some((each) => each === name))
  if (unknown !== undefined)
    throw new CommandError(`There is no service "${unknown}".`, {
      code: 'INVALID_ARGUMENT',
      hint: `Give some of ${RUNNABLE.join(', ')}; none means node and gateway.`,
    })
  return names.length === 0 ? ['node', 'gateway'] : RUNNABLE.filter((name) => names.includes(name))
}

function withPorts(config: Config, wanted: readonly Runnable[], options: RunOptions): Config {
  const { nodePort, gatewayPort, webPort } = options
  const web = webPort ?? config.ports.web ?? (wanted.includes('web') ? DEFAULT_PORTS.web : undefined)
  const index = wanted.includes('web') ? (config.ports.index ?? DEFAULT_PORTS.index) : config.ports.index
  const ports = { ...config.ports, ...(nodePort && { node: nodePort }), ...(gatewayPort && { gateway: gatewayPort }) }
  return { ...config, ports: { ...ports, ...(web && { web }), ...(index && { index }) } }
}
