import { createGateway, type GatewayEvent, type GatewayParameters } from '@stoa/gateway'
import { requireConfig } from '../commands/context.ts'
import { CommandError } from '../errors.ts'
import type { Config } from '../home/config.ts'
import { type Home, openHome } from '../home/home.ts'
import { roleKey, roleKeyBytes } from '../home/keys.ts'
import { ownerKey } from '../home/ownerKey.ts'
import type { Service } from './serve.ts'

/** Opens the home's gateway: the session key, and that of the dispute account where there is one, are the only ones it loads. */
export async function openGatewayService(folder: string, port: number): Promise<Service> {
  const home = await openHome(folder)
  const config = await requireConfig(home)
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
    logger: tellOwnDisputes,
  })
  const { url, close } = await gateway.listen({ host: '127.0.0.1', port })
  return {
    url,
    info: { signatures: gateway.signatures },
    settle: () => Promise.reject(new CommandError('A gateway settles nothing; the seller does.', {})),
    status: async () => gateway.status(),
    close: async () => {
      await close()
      await gateway.close()
    },
  }
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
