import { createGateway } from '@stoa/gateway'
import { requireConfig } from '../commands/context.ts'
import { CommandError } from '../errors.ts'
import { openHome } from '../home/home.ts'
import { roleKeyBytes } from '../home/keys.ts'
import type { Service } from './serve.ts'

/** Opens the home's gateway: the session key is the only one it loads. */
export async function openGatewayService(folder: string, port: number): Promise<Service> {
  const home = await openHome(folder)
  const config = await requireConfig(home)
  const gateway = await createGateway({
    folder: home.gateway,
    rpcUrl: config.rpcUrl,
    deployment: config.deployment,
    durability: config.durability,
    ...(config.rerunShare !== undefined && { rerun: { share: config.rerunShare } }),
    payer: config.accounts.payer,
    sessionKey: await roleKeyBytes(home, 'session'),
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
