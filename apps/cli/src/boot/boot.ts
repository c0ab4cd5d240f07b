import { type KeptIndexer, keepIndexer } from '@stoa/indexer'
import { privateKeyToAddress } from 'viem/accounts'
import { type Config, readConfig, rpcUrlsOf, writeConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { addRoleKey, ROLES, roleKey } from '../home/keys.ts'
import { renewLostOffers } from '../market/renewLostOffers.ts'
import { LOCAL_TOKEN } from '../output/localToken.ts'
import type { Printer } from '../output/printer.ts'
import { type SupervisedService, supervise } from '../services/supervise.ts'
import { onboardPayer } from './onboardPayer.ts'
import { onboardProvider, openOffers } from './onboardProvider.ts'
import { fundRoles, type LocalLedger, openLedger } from './openLedger.ts'
import { SHIPPED_MODELS } from './shippedModels.ts'

export type Ports = Config['ports']

/** Everything that `stoa up` runs. */
export type Economy = {
  home: Home
  config: Config
  ledger: LocalLedger
  node: SupervisedService
  gateway: SupervisedService
  /** The dashboard; undefined where the ports name none. */
  web: SupervisedService | undefined
  /** Undefined where none was asked for. */
  index: KeptIndexer | undefined
  /** Milliseconds from nothing to ready. */
  bootMs: number
  /** Stops buyer, seller and chain, in that order, so that the seller can still settle. */
  stop(): Promise<void>
}

export type BootParameters = {
  home: Home
  ports: Ports
  /** How the stores of node and gateway write; what the home had, else `normal`. */
  durability?: Config['durability'] | undefined
  /** Share of exact answers that the gateway computes again; what the home had, else the gateway's default. */
  rerunShare?: number | undefined
  /** When the gateway disputes; what is left out stays as the home had it, else the gateway's default. */
  disputes?: Config['disputes']
  /** How the gateway buys; what is left out stays as the home had it. */
  buying?: Config['buying']
  printer: Printer
  /** Told when a part ends by itself. */
  onEnd(why: string): void
}

/** Starts the whole economy in one process tree, or goes on where the home was left. */
export async function boot(parameters: BootParameters): Promise<Economy> {
  const { home, ports, durability, rerunShare, disputes, buying, printer, onEnd } = parameters
  const started = performance.now()
  const running: { stop(): Promise<unknown> }[] = []
  let stopping = false
  const stop = async () => {
    stopping = true
    for (const part of running.splice(0).reverse()) await part.stop()
  }
  try {
    const ledger = await printer.step(
      'chain',
      () => openLedger(home, ports.chain),
      (l) => `${l.rpcUrl}, contracts in place`,
    )
    running.push(ledger.chain)
    void ledger.chain.exited.then(() => stopping || onEnd('The chain ended'))
    const before = await printer.step(
      'keys',
      () => describeHome(home, ledger, ports),
      () => `${ROLES.length} encrypted keystores`,
    )
    await fundRoles(home, ledger)
    const offers = await printer.step(
      'provider',
      () => onboardProvider(home, before, `http://127.0.0.1:${ports.node}`),
      (all) => `staked; ${all.length} offers, ${SHIPPED_MODELS.map((m) => m.card.name).join(', ')} among them`,
    )
    const config = {
      ...before,
      durability: durability ?? before.durability,
      ...(rerunShare !== undefined && { rerunShare }),
      ...(disputes && { disputes: { ...before.disputes, ...disputes } }),
      ...(buying && { buying: { ...before.buying, ...buying } }),
      offers,
    }
    await writeConfig(home, await renewLostOffers(home, { ...config, offers }, printer))
    const start = (name: 'node' | 'gateway') => supervise({ name, home: home.folder, port: ports[name] }, onEnd)
    // It builds itself if it has to, while the others start; nobody waits for that.
    const dashboard = ports.web === undefined ? undefined : startDashboard(home, ports.web, printer)
    dashboard?.catch(() => {})
    const node = await printer.step('node', () => start('node'), describeService)
    running.push(node)
    await printer.step(
      'buyer',
      () => onboardPayer(home, ledger, config),
      () => 'deposit and session key in place',
    )
    const gateway = await printer.step('gateway', () => start('gateway'), describeService)
    running.push(gateway)
    const web = dashboard && (await printer.step('dashboard', () => dashboard, describeService))
    if (web) running.push(web)
    const index = keepIndex(home, config)
    if (index) running.push(index)
    const bootMs = Math.round(performance.now() - started)
    return { home, config, ledger, node, gateway, web, index, bootMs, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Milliseconds before a dashboard that ended is started again. */
const RESTART_PAUSE = 1_000

/** Nothing depends on the dashboard: one that ends is started again, and the rest goes on meanwhile. */
export async function startDashboard(home: Home, port: number, printer: Printer): Promise<SupervisedService> {
  const web = await supervise({ name: 'web', home: home.folder, port }, (why) => {
    printer.say(`${why}: starting it again.`)
    setTimeout(() => web.restart().catch((error: Error) => printer.say(error.message)), RESTART_PAUSE).unref()
  })
  return web
}

/** Starts the index beside the others. Nobody waits for it, and when it ends it is started again: all can do without. */
export function keepIndex(home: Home, { rpcUrl: all, deployment, ports, fromBlock }: Config): KeptIndexer | undefined {
  if (!ports.index) return undefined
  const [rpcUrl] = rpcUrlsOf({ rpcUrl: all })
  // From the environment, because it may hold a password, which command lines and configurations should not.
  const { STOA_INDEX_DATABASE: databaseUrl } = process.env
  const where = { folder: home.index, port: ports.index, ...(databaseUrl && { databaseUrl }) }
  return keepIndexer({ ...where, rpcUrl, deployment, ...(fromBlock && { fromBlock }) })
}

export function describeService(service: SupervisedService): string {
  const { url, info } = service.current()
  return info.signatures ? `${url}, signatures: ${info.signatures}` : url
}

/** The home's configuration, made on the first start, and without the offers that this ledger does not know. */
async function describeHome(home: Home, { rpcUrl, deployment }: LocalLedger, ports: Ports): Promise<Config> {
  const known = await readConfig(home)
  // All of them before the configuration: from then on a key that is missing is a loss, not a beginning, but for a role that the home is older than.
  const isOlder = known !== undefined && known.accounts.disputer === undefined
  for (const role of ROLES) await (isOlder && role === 'disputer' ? addRoleKey : roleKey)(home, role)
  const addressOf = async (role: (typeof ROLES)[number]) => privateKeyToAddress(await roleKey(home, role))
  const fresh: Config = {
    stoa: 'home/1',
    rpcUrl,
    deployment,
    token: LOCAL_TOKEN,
    durability: 'normal',
    accounts: {
      owner: await addressOf('owner'),
      provider: await addressOf('provider'),
      payee: await addressOf('payee'),
      payer: await addressOf('payer'),
      disputer: await addressOf('disputer'),
    },
    ports,
    offers: [],
  }
  const offers = known && known.deployment.escrow === deployment.escrow ? known.offers : []
  const {
    durability = fresh.durability,
    rerunShare,
    disputes,
    buying,
    settlement,
    served,
    restored,
    tls,
    seal,
    keepAnswersSeconds,
  } = known ?? {}
  const kept = {
    ...(settlement && { settlement }),
    ...(tls && { tls }),
    ...(seal && { seal }),
    ...(keepAnswersSeconds !== undefined && { keepAnswersSeconds }),
    ...(served && { served }),
    ...(restored && { restored }),
    ...(rerunShare !== undefined && { rerunShare }),
    ...(disputes && { disputes }),
    ...(buying && { buying }),
  }
  const config = { ...fresh, durability, ...kept, offers }
  return { ...config, offers: await openOffers(home, config) }
}
