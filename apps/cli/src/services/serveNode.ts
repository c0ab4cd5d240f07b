import { createNode, createNodeMetrics, type NodeLogger, type SettlementSettings } from '@stoa/node'
import { diskBlobStore } from '@stoa/storage'
import { requireConfig } from '../commands/context.ts'
import type { Config } from '../home/config.ts'
import { openHome } from '../home/home.ts'
import { roleKey, roleKeyBytes } from '../home/keys.ts'
import { readUpstream } from '../upstreams/readUpstream.ts'
import { jsonLog } from './jsonLog.ts'
import { openOps } from './openOps.ts'
import type { Service } from './serve.ts'
import type { ServiceOptions } from './serviceOptions.ts'
import { tellOperator } from './tellOperator.ts'

/** Opens the home's node: the receipt key and the settlement key are the only ones it loads. */
export async function openNodeService(folder: string, options: ServiceOptions): Promise<Service> {
  const { port, host, opsPort, opsHost, settleLast } = options
  const home = await openHome(folder)
  const config = await requireConfig(home)
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const tell: NodeLogger = options.log === 'json' ? jsonLog('node', say) : tellOperator(say)
  const metrics = createNodeMetrics()
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
    endpointKey: await roleKeyBytes(home, 'endpoint'),
    blobs: await diskBlobStore({ folder: home.blobs }),
    ...(config.settlement && { settlement: settlementOf(config.settlement) }),
    ...(config.keepAnswersSeconds !== undefined && { limits: { keepAnswersSeconds: config.keepAnswersSeconds } }),
    ...(config.fromBlock !== undefined && { fromBlock: BigInt(config.fromBlock) }),
    logger(event, about) {
      metrics.observe(event)
      tell(event, about)
    },
  })
  metrics.watch(node.status)
  const problems = () => node.status().problems
  const ops = opsPort === undefined ? undefined : await openOps({ host: opsHost, port: opsPort, metrics, problems })
  const { url } = await node.listen({ host, port, ...(config.tls && { tls: config.tls }) })
  return {
    url,
    info: { signatures: node.signatures, ...(ops && { ops: ops.url }) },
    settle: () => node.settleNow(),
    status: async () => node.status(),
    close: async () => {
      node.drain()
      // What cannot be settled now is found again at the next start.
      if (settleLast) await node.settleWorthwhile().catch((error) => tell({ event: 'settlement-failed', error }))
      await node.close()
      await ops?.close()
    },
  }
}

/** The home's settings of settlement, as the node takes them. */
function settlementOf({
  thresholdWei,
  coinPriceWei,
  mostFeePerGasWei,
  ...rest
}: NonNullable<Config['settlement']>): SettlementSettings {
  const wei = Object.entries({ thresholdWei, coinPriceWei, mostFeePerGasWei }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, BigInt(text)]],
  )
  return { ...rest, ...Object.fromEntries(wei) }
}
