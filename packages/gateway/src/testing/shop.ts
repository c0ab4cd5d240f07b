import type { Offer } from '@stoa/protocol'
import { createGateway } from '../createGateway.ts'
import type { GatewayParameters, StoaGateway } from '../gateway.ts'
import { type LocalMarket, startMarket } from './localMarket.ts'
import { startTestProvider, type TestProvider } from './testProvider.ts'

/** Short times, so that tests of waiting do not wait long, and an honest seller answers in them on a busy machine. `refresh` is long: tests refresh when they mean to. */
const TIMEOUTS = {
  answer: 5_000,
  recover: 5_000,
  refresh: 3_600_000,
  refreshOnMiss: 0,
  settleDoubt: 0,
  coolDown: 50,
  turn: 300,
}

/** A market with test providers and gateways, all cleared away by `close`. */
export async function openShop() {
  const market = await startMarket()
  const providers: TestProvider[] = []
  const gateways = new Set<StoaGateway>()
  return {
    market,
    /** Sellers of one new embedding model, one for each price (wei per million tokens), in that order. */
    async sell(name: string, ...prices: bigint[]) {
      const owner = await market.account(0n)
      const model = await market.publish(owner, { name, task: 'embedding' })
      const sellers = []
      for (const price of prices) sellers.push(await openSeller(market, providers, model, { price }))
      return { ...model, owner, sellers }
    },
    /** The seller of one new embedding model that gives its card and nothing else of it. */
    async sellUnread(name: string, price: bigint) {
      const model = await market.publish(await market.account(0n), { name, task: 'embedding' })
      return openSeller(market, providers, { ...model, held: model.held.slice(0, 1) }, { price })
    },
    /** The seller of one new model of the task `graph`, at `price` wei per million calls. */
    async sellGraph(name: string, price: bigint) {
      const model = await market.publish(await market.account(0n), { name, task: 'graph' })
      return openSeller(market, providers, model, { price, unit: 'call' })
    },
    /** A gateway of a new payer with `usd` wei deposited, or of the given one. */
    async gateway(changes: Partial<GatewayParameters> = {}, usd = 1_000_000n) {
      const { rpcUrl, deployment } = market
      const account = changes.sessionKey ? {} : await market.payer(usd)
      const folder = changes.folder ?? market.folder()
      // Tests say whom they expect to be asked: strictly the cheapest, unless they are about choosing.
      const routing = { sort: 'price' }
      const parameters = {
        rpcUrl,
        deployment,
        routing,
        timeouts: TIMEOUTS,
        ...account,
        ...changes,
        folder,
      } as GatewayParameters
      const gateway = await createGateway(parameters)
      gateways.add(gateway)
      return { gateway, parameters }
    },
    async close() {
      for (const gateway of gateways) await gateway.close()
      for (const provider of providers) await provider.close()
      await market.close()
    },
  }
}

async function openSeller(
  market: LocalMarket,
  providers: TestProvider[],
  model: Awaited<ReturnType<LocalMarket['publish']>>,
  terms: Pick<Offer, 'price'> & Partial<Offer>,
) {
  const { deployment, secp256k1 } = market
  const seller = await market.seller('http://127.0.0.1:1')
  const provider = await startTestProvider({ secp256k1, deployment, signerKey: seller.signerKey })
  providers.push(provider)
  await seller.moveTo(provider.url)
  for (const bytes of model.held) await provider.hold(bytes)
  const { offer, offerId } = await market.offer(seller.client, { modelId: model.modelId, ...terms })
  provider.sell(offerId, { offer, weights: model.weights })
  return { ...seller, provider, offerId }
}
