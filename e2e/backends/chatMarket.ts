import { createGateway } from '@stoa/gateway'
import { openGround } from '../ground/openGround.ts'

/**
 * The whole stack under a chat that a test knows the answers of: a server in a process of its own that says back what it was told, a node that sells it as `chat/echo`, and a gateway that listens. `fails` and `cut` are
 * sold too, of servers that do.
 */
export async function openChatMarket() {
  const ground = await openGround()
  const server = await ground.server('chatServer.ts')
  const names = ['echo', 'fails', 'cut']
  const offers = []
  for (const name of names) {
    const promised = Buffer.from(JSON.stringify({ stoa: 'upstream/1', protocol: 'openai', model: name }))
    const card = { name: `chat/${name}`, task: 'chat', features: ['tools', 'json_schema'] } as const
    const modelId = await ground.publish({ ...card, features: [...card.features] }, { 'upstream.json': promised })
    const upstream = { protocol: 'openai', url: server.url, model: name } as const
    offers.push({ modelId, unit: 'token', price: 2_000_000n, upstream } as const)
  }
  await ground.provide(offers)
  const { rpcUrl, deployment } = ground
  const gateway = await createGateway({
    ...{ rpcUrl, deployment, folder: ground.folder(), ...(await ground.payer(10_000_000n)) },
    timeouts: { refresh: 3_600_000 },
  })
  const { url } = await gateway.listen({ port: 0 })
  return {
    ...{ gateway, url },
    async close() {
      await gateway.close()
      await ground.close()
    },
  }
}
