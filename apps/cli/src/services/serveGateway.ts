import {
  createGateway,
  createGatewayMetrics,
  type GatewayEvent,
  type GatewayParameters,
  type Logger,
} from '@stoa/gateway'
import { requireConfig } from '../commands/context.ts'
import { CommandError } from '../errors.ts'
import type { Config } from '../home/config.ts'
import { type Home, openHome } from '../home/home.ts'
import { roleKey, roleKeyBytes } from '../home/keys.ts'
import { ownerKey } from '../home/ownerKey.ts'
import { jsonLog } from './jsonLog.ts'
import { openOps } from './openOps.ts'
import type { Service } from './serve.ts'
import type { ServiceOptions } from './serviceOptions.ts'

/** Opens the home's gateway: the session key, and that of the dispute account where there is one, are the only ones it loads. */
export async function openGatewayService(folder: string, options: ServiceOptions): Promise<Service> {
  const { port, host, opsPort, opsHost } = options
  const home = await openHome(folder)
  const config = await requireConfig(home)
  const tell: Logger =
    options.log === 'json' ? jsonLog('gateway', (line) => void process.stderr.write(`${line}\n`)) : tellOwnDisputes
  const metrics = createGatewayMetrics()
  const gateway = await createGateway({
    folder: home.gateway,
    rpcUrl: config.rpcUrl,
    deployment: config.deployment,
    durability: config.durability,
    ...(config.rerunShare !== undefined && { rerun: { share: config.rerunShare } }),
    ...(await buyingOf(home, config)),
    payer: config.accounts.payer,
    ...(config.ports.index && { indexUrl: `http://127.0.0.1:${config.ports.index}` }),
    sessionKey: await roleKeyBytes(home, 'session'),
    ...(await disputesOf(home, config)),
    ...(config.fromBlock !== undefined && { fromBlock: BigInt(config.fromBlock) }),
    ...(config.seal && { seal: true }),
    access: accessFrom(process.env),
    logger(event, about) {
      metrics.observe(event)
      tell(event, about)
    },
  })
  metrics.watch(gateway.status)
  let stopping = false
  const problems = () => (stopping ? ['The gateway is about to stop.'] : gateway.status().problems)
  const ops = opsPort === undefined ? undefined : await openOps({ host: opsHost, port: opsPort, metrics, problems })
  const { url } = await gateway.listen({ host, port })
  return {
    url,
    info: { signatures: gateway.signatures, ...(ops && { ops: ops.url }) },
    settle: () => Promise.reject(new CommandError('A gateway settles nothing; the seller does.', {})),
    status: async () => gateway.status(),
    close: async () => {
      stopping = true
      // Calls under way finish first: what was paid for is recorded.
      await gateway.close()
      await ops?.close()
    },
  }
}

/** Who may call from other machines, from the environment, because a key should stand on no command line: STOA_GATEWAY_KEY, and STOA_GATEWAY_HOSTS with commas between. */
function accessFrom({ STOA_GATEWAY_KEY: apiKey, STOA_GATEWAY_HOSTS: hosts }: NodeJS.ProcessEnv) {
  return { ...(apiKey && { apiKey }), ...(hosts && { allowedHosts: hosts.split(',').map((host) => host.trim()) }) }
}

/** That a dispute began, and how it ended, is for whoever looks at the terminal. */
export function tellOwnDisputes(event: GatewayEvent): void {
  if (event.type !== 'dispute' || !['challenge', 'convicted', 'lost'].includes(event.step)) return
  const words = event.step === 'challenge' ? 'its answer is another than was computed here: challenged.' : event.words
  process.stderr.write(`  dispute  ${event.model}: ${words}\n`)
}

/** The home's settings for buying; what it leaves out is the gateway's default. */
async function buyingOf(home: Home, { buying }: Config): Promise<Partial<GatewayParameters>> {
  const { requireKey, alertUrl, maxPrice, routing } = buying ?? {}
  return {
    ...(requireKey && { access: { apiKey: await ownerKey(home) } }),
    ...(alertUrl && { alertUrl }),
    ...(maxPrice !== undefined && { maxPricePerCall: maxPrice === null ? null : BigInt(maxPrice) }),
    ...(routing && { routing }),
  }
}

/** The home's settings for disputes; none where nobody judges, or the home has no account for it. */
export async function disputesOf(home: Home, { deployment, accounts, disputes }: Config) {
  if (!deployment.arbiter || !accounts.disputer) return {}
  const { mostBonds, leastReward, interval } = disputes ?? {}
  return {
    disputes: {
      key: await roleKey(home, 'disputer'),
      ...(mostBonds !== undefined && { mostBonds }),
      ...(interval !== undefined && { interval }),
      ...(leastReward !== undefined && { leastReward: BigInt(leastReward) }),
    },
  }
}
