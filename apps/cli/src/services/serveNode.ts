import { createNode } from '@stoa/node'
import { diskBlobStore } from '@stoa/storage'
import { requireConfig } from '../commands/context.ts'
import { openHome } from '../home/home.ts'
import { roleKey, roleKeyBytes } from '../home/keys.ts'
import { readUpstream } from '../upstreams/readUpstream.ts'
import type { Service } from './serve.ts'
import { tellDisputes } from './tellDisputes.ts'

/** Opens the home's node: the receipt key and the settlement key are the only ones it loads. */
export async function openNodeService(folder: string, port: number): Promise<Service> {
  const home = await openHome(folder)
  const config = await requireConfig(home)
  const node = await createNode({
    folder: home.node,
    rpcUrl: config.rpcUrl,
    deployment: config.deployment,
    durability: config.durability,
    provider: config.accounts.provider,
    signerKey: await roleKeyBytes(home, 'signer'),
    settlementKey: await roleKey(home, 'settlement'),
    offers: await Promise.all(
      config.offers.map(async ({ offerId, upstream }) => ({
        offerId,
        upstream: upstream && (await readUpstream(upstream)),
      })),
    ),
    blobs: await diskBlobStore({ folder: home.blobs }),
    logger: tellDisputes((line) => process.stderr.write(`${line}\n`)),
  })
  const { url, close } = await node.listen({ host: '127.0.0.1', port })
  return {
    url,
    info: { signatures: node.signatures },
    settle: () => node.settleNow(),
    status: async () => node.status(),
    close: async () => {
      await close()
      await node.close()
    },
  }
}
