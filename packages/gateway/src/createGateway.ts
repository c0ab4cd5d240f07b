import { AsyncLocalStorage } from 'node:async_hooks'
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { BaseError, domainSeparator, type Hex } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { endpointsOf } from '@stoa/sdk'
import { formatUnits } from 'viem'
import { createDisputer } from './disputes/createDisputer.ts'
import { describeDispute } from './disputes/describeDispute.ts'
import { disputeTable } from './disputes/disputeTable.ts'
import { DEFAULT_DISPUTES } from './disputes/policy.ts'
import { GatewayClosedError, MarketUnknownError } from './errors.ts'
import type { GatewayParameters, StoaGateway } from './gateway.ts'
import { createApp } from './http/createApp.ts'
import { createImageDecoder } from './images/createImageDecoder.ts'
import { createBuyer } from './infer/createBuyer.ts'
import { createDoubtClearer } from './infer/createDoubtClearer.ts'
import { createInfer } from './infer/createInfer.ts'
import { createJudge } from './infer/createJudge.ts'
import { createSaleFinder } from './infer/createSaleFinder.ts'
import { createTurns } from './infer/createTurns.ts'
import { alertTeller } from './keys/alertTeller.ts'
import { openKeyBook } from './keys/openKeyBook.ts'
import { type Listening, listen } from './listen.ts'
import type { Logger } from './logger.ts'
import { openChain } from './market/chain.ts'
import { createMarket, type Market } from './market/createMarket.ts'
import { endpointKeys } from './market/endpointKeys.ts'
import { createHealth } from './market/health.ts'
import type { Listing } from './market/market.ts'
import { documentReader } from './market/readDocuments.ts'
import { readMarket } from './market/readMarket.ts'
import { readTerms } from './market/readTerms.ts'
import { trackRecords } from './market/trackRecords.ts'
import { openLaneBook } from './payment/openLaneBook.ts'
import { voucherSeconds } from './payment/voucherSeconds.ts'
import { voucherSigner } from './payment/voucherSigner.ts'
import { createProviderClient } from './provider/createProviderClient.ts'
import { createReceiptReturner } from './recovery/createReceiptReturner.ts'
import { recoverLanes } from './recovery/recoverLanes.ts'
import { createRerunner } from './rerun/createRerunner.ts'
import { weightsFetcher } from './rerun/fetchWeights.ts'
import { DEFAULT_RERUN } from './rerun/policy.ts'
import { rerunModels } from './rerun/rerunModels.ts'
import { rerunTable } from './rerun/rerunTable.ts'
import { liveStats } from './routing/liveStats.ts'
import { createRiskBook } from './routing/riskBook.ts'
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS } from './settings.ts'
import { readStatus } from './status.ts'
import { evidenceTable } from './store/evidenceTable.ts'
import { openStore } from './store/openStore.ts'
import { receiptTable } from './store/receiptTable.ts'
import { textFilesFetcher } from './texts/fetchTextFiles.ts'
import { modelTexts } from './texts/modelTexts.ts'
import { textRequest } from './texts/textRequest.ts'
import { createAccountWatch } from './watch/createAccountWatch.ts'

/**
 * Starts a gateway: opens its folder, reads chain and market, asks for the answers of calls that an earlier end left open, and keeps doing
 * so. A chain that does not answer yet is no error: calls fail until it does. Throws `StateFolderError` when the folder is in use or
 * another payer's, `WrongChainError` or `NotDeployedError` when the chain is not the deployment's.
 *
 * @example
 * const gateway = await createGateway({ folder, rpcUrl, deployment, payer, sessionKey })
 * const { url } = await gateway.listen({ port: 8080 })
 */
export async function createGateway(parameters: GatewayParameters): Promise<StoaGateway> {
  const gateway = assemble(parameters, await loadSecp256k1())
  try {
    await gateway.refresh()
  } catch (error) {
    if (error instanceof BaseError && error.retry) return gateway
    await gateway.close()
    throw error
  }
  return gateway
}

// Longer than a function should be: this is the one place where every part meets every other.
function assemble(parameters: GatewayParameters, secp256k1: Awaited<ReturnType<typeof loadSecp256k1>>): StoaGateway {
  const { folder, deployment, sessionKey, durability = 'normal', fromBlock = 0n, access = {} } = parameters
  const { chainId, escrow, providerRegistry } = deployment
  const payer = parameters.payer.toLowerCase() as typeof parameters.payer
  const limits = { ...DEFAULT_LIMITS, ...parameters.limits }
  const timeouts = { ...DEFAULT_TIMEOUTS, ...parameters.timeouts }
  const requests = new AsyncLocalStorage<string>()
  const logger: Logger = (event) => parameters.logger?.(event, { requestId: requests.getStore() })
  const now = () => Date.now()
  const rpcUrl = endpointsOf(parameters.rpcUrl, {
    chainId,
    onChange: (change) => logger({ type: 'endpoint', ...change }),
  })

  const signer = voucherSigner({ secp256k1, sessionKey, chainId, escrow })
  const { key } = signer
  const store = openStore({ folder, durability, owner: `${chainId}:${escrow}:${payer}`.toLowerCase() })
  const chain = openChain({ rpcUrl, indexUrl: parameters.indexUrl, deployment, payer, fromBlock, logger })
  const alerts = alertTeller({ url: parameters.alertUrl, logger, now })
  const keys = openKeyBook({ store, now, onAlert: alerts.tell })
  const { lanesPerOffer } = limits
  const lanes = openLaneBook({ store, lanesPerOffer, sign: signer.sign, payer, now, purse: keys })
  const receipts = receiptTable(store)
  const evidence = evidenceTable(store, now)
  const health = createHealth({ store, timeouts, now })
  const records = trackRecords({ store, now })
  const documents = documentReader(store)
  const market = createMarket({ read: () => readMarket({ chain, documents, deployment, logger }), timeouts, now })
  const account = createAccountWatch({ chain, lanes, receipts, payer, escrow, key, now, logger })
  const live = liveStats({ now })
  const risks = createRiskBook({ store, lanes: lanes.lanes, offersOf: market.offersOf, now })
  const terms = readTerms(chain)
  const providers = createProviderClient({
    ...{ timeouts, answerBytes: limits.answerBytes },
    requestId: () => requests.getStore(),
    ...(parameters.seal && { sealKeyOf: endpointKeys(() => market.models()) }),
  })
  const tokens = (wei: bigint) => formatUnits(wei, known(terms.last()).decimals)
  const amount = (wei: bigint) => (terms.last() ? `${tokens(wei)} tokens` : `${wei} wei`)
  const disputes = disputeTable(store, now)
  const { disputes: settings } = parameters
  const disputer = settings && createDisputer({ settings, rpcUrl, deployment, table: disputes, logger, amount, now })
  const judge = createJudge({
    ...{ chainId, providerRegistry, secp256k1, chain, lanes, receipts, evidence, health, risks, logger, now },
    onOtherWeights: (record) => disputer?.takeUpWeights(record),
  })
  const { settleDoubt } = timeouts
  const buyer = createBuyer({ lanes, signer, providers, judge, live })
  const saleOf = createSaleFinder({ chain, market, arbiter: deployment.arbiter })
  const clearDoubts = createDoubtClearer({ lanes, signer, providers, judge, saleOf, settleDoubt, now, logger })
  const returnReceipts = createReceiptReturner({
    ...{ lanes, receipts, chain, providers, now, logger },
    forgotten: timeouts.forgotten,
  })
  const recover = () =>
    recoverLanes({
      ...{ payer, sessionKey, secp256k1, chain, lanes, receipts, providers, now, logger },
      voucherDomain: domainSeparator({ chainId, verifyingContract: escrow }),
      receiptDomain: domainSeparator({ chainId, verifyingContract: providerRegistry }),
    })
  // A store that has seen nothing may be one that lost everything: sellers know.
  let isNew = lanes.lanes()[Symbol.iterator]().next().done === true
  const secondsOf = (most: number) => voucherSeconds(most, parameters.voucherSeconds)
  const validUntil = () => Math.floor(now() / 1000) + secondsOf(known(terms.last()).maxVoucherValidity)
  const decimals = () => known(terms.last()).decimals
  const { maxPricePerCall } = parameters
  const maxPrice = () => (maxPricePerCall === undefined ? 10n ** BigInt(decimals()) : (maxPricePerCall ?? undefined))
  const { inFlight: maxInFlight } = limits
  const rerun = { ...DEFAULT_RERUN, ...parameters.rerun }
  const bounds = () => ({
    maxPricePerCall: terms.last() ? (maxPrice() ?? null) : (maxPricePerCall ?? null),
    inFlight: maxInFlight,
    rerunShare: rerun.share,
    mostBonds: settings ? (settings.mostBonds ?? DEFAULT_DISPUTES.mostBonds) : null,
    leastReward: settings?.leastReward ?? null,
  })
  const reruns = rerunTable(store, now)
  const rerunner = createRerunner({
    policy: rerun,
    fetchWeights: weightsFetcher({ folder, holders: (weights) => listingsOf(market, weights) }),
    models: rerunModels(),
    ...{ table: reruns, health, logger, random: () => randomInt(2 ** 47) / 2 ** 47 },
    onDifferent: (answer, files) => disputer?.takeUp(answer, files),
    together: store.transaction,
    wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal, ref: false }),
  })
  const images = createImageDecoder()
  const texts = modelTexts({ fetchFiles: textFilesFetcher({ folder }) })
  const { infer, idle } = createInfer({
    ...{
      market,
      health,
      records,
      account,
      buyer,
      live,
      turns: createTurns({ patienceMs: timeouts.turn, most: limits.inFlight / 2 }),
      risks,
      keys,
      rules: parameters.routing,
      decimals,
      random: Math.random,
      rerunner,
      texts,
      evidence,
      deployment,
      payer,
      key,
      maxPrice,
      validUntil,
      maxInFlight,
      logger,
    },
  })

  const refresh = async () => {
    if (rpcUrl.states().length > 1) void rpcUrl.check()
    try {
      await terms.read()
      await Promise.all([market.refresh(), account.refresh()])
    } catch (error) {
      logger({ type: 'chain-unavailable', error })
      throw error
    }
    const models = market.models()
    const offers = models.reduce((sum, { listings }) => sum + listings.length, 0)
    logger({ type: 'market-read', models: models.length, offers })
    records.save()
    await clearDoubts()
    if (isNew) {
      await recover().then(
        () => {
          isNew = false
        },
        (error: unknown) => logger({ type: 'chain-unavailable', error }),
      )
    }
    await returnReceipts()
    void disputer?.look()
  }
  const timer = setInterval(() => refresh().catch(() => {}), timeouts.refresh)
  timer.unref()

  const servers: Listening[] = []
  let closing: Promise<void> | undefined
  const buy: StoaGateway['infer'] = async (request) => {
    if (closing) throw new GatewayClosedError()
    return infer(request)
  }
  const status = () =>
    readStatus({
      payer,
      key,
      signatures: secp256k1.kind,
      market,
      health,
      account,
      lanes,
      evidence,
      reruns,
      disputer,
      bounds: bounds(),
      now,
    })
  const stores = { receipts, reruns, disputes }
  const app = createApp(
    {
      ...{ infer: buy, texts, images, market, health, records, live, risks, keys, status, tokens, amount, limits },
      ...{ requests, logger, ...stores },
    },
    access,
  )
  const shutDown = async () => {
    clearInterval(timer)
    await idle()
    alerts.close()
    await Promise.all(servers.map((server) => server.close()))
    await providers.close()
    rerunner.close()
    texts.close()
    images.close()
    disputer?.close()
    records.save()
    store.close()
  }
  return {
    signatures: secp256k1.kind,
    app,
    async listen(where) {
      const server = await listen(app, where, access)
      servers.push(server)
      logger({ type: 'listening', url: server.url })
      return server
    },
    infer: buy,
    textRequest: async (model, text) => textRequest(texts, await market.find(model), text),
    models: market.models,
    receipts: receipts.list,
    keys,
    dispute(receipt) {
      const found = disputes.get(receipt)
      return found && describeDispute(found, amount)
    },
    disputes: () => disputes.list().map((each) => ({ receipt: each.receipt, ...describeDispute(each, amount) })),
    status,
    refresh,
    close() {
      closing ??= shutDown()
      return closing
    },
  }
}

/** Offers now of any model with these weights. */
const listingsOf = (market: Market, weights: Hex): Listing[] =>
  market.models().flatMap(({ weightsDigest, listings }) => (weightsDigest === weights ? listings : []))

function known<T>(terms: T | undefined): T {
  if (terms === undefined) throw new MarketUnknownError()
  return terms
}
