import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import type { Address, Hex } from '@stoa/protocol'
import { loadSecp256k1, type Secp256k1 } from '@stoa/protocol/secp256k1'
import {
  checkDeployment,
  createChainClient,
  decodeSettlement,
  type EndpointCondition,
  type Endpoints,
  endpointsOf,
  getEscrowTerms,
  getTokenDomain,
  openSender,
  type ReadClient,
  type SettlementClaim,
  settleCall,
} from '@stoa/sdk'
import type { Hono } from 'hono'
import { privateKeyToAccount } from 'viem/accounts'
import { takeTurn } from './capacity/takeTurn.ts'
import { checkKeys } from './chain/checkKeys.ts'
import { readGasPrice, readHead, successBlock } from './chain/finalityReads.ts'
import type { GasPurse } from './chain/gasPurse.ts'
import { createGasWatch, type GasWatch } from './chain/gasWatch.ts'
import { createOfferWatch } from './chain/offerWatch.ts'
import { readOpenOffersFrom } from './chain/readOpenOffers.ts'
import { readChannelsFrom, readPayerFrom } from './chain/readPayer.ts'
import { readTogetherFrom } from './chain/readTogether.ts'
import { openDirect, SETTLE_SECONDS } from './direct/openDirect.ts'
import type { DisputesStatus } from './disputes/createDisputes.ts'
import { openDisputes } from './disputes/openDisputes.ts'
import { SettlementTooSlowError } from './errors.ts'
import type { NodeLogger } from './events.ts'
import { createApp } from './http/createApp.ts'
import { describeNode } from './http/describeNode.ts'
import { type Listening, type ListenParameters, listen } from './http/listen.ts'
import type { OipModel } from './http/oip/createOip.ts'
import { openServed, type ServedModel } from './models/openServed.ts'
import { tensorsOfModel } from './models/tensorsOfModel.ts'
import { type NodeParameters, type NodeSettings, settingsOf } from './parameters.ts'
import { openPayments } from './payments/openPayments.ts'
import { createClaimedLanes } from './settlement/claimedLanes.ts'
import { createFinality } from './settlement/createFinality.ts'
import { createSettlement, type SettlementSummary } from './settlement/createSettlement.ts'
import { RESERVE_GAS } from './settlement/economy.ts'
import { adoptSettled } from './settlement/settleBatch.ts'
import { startHousekeeping } from './startHousekeeping.ts'

/** Where a node stands. Amounts in wei. */
export type NodeStatus = {
  provider: Address
  signatures: Secp256k1['kind']
  offers: readonly { offerId: Hex; model: string; queue: number }[]
  /** Charged and not settled, calls in flight included. */
  owedWei: bigint
  unsettledLanes: number
  /** Direct payments that wait for the chain. */
  pendingPayments: number
  /** Since the chain last answered. */
  chainAgeSeconds: number
  /** Undefined where the deployment has no judge. */
  disputes: DisputesStatus | undefined
  /** Lanes whose settlement a reorganisation may still take back, at most 1,000. */
  unfinalLanes: number
  /** What the settlement account has for gas; undefined until the chain was asked. */
  gas: GasPurse | undefined
  endpoints: readonly { name: string; condition: EndpointCondition }[]
  /** What its operator should do something about before it is a problem. */
  warnings: readonly string[]
  problems: readonly string[]
}

export type StoaNode = {
  /** The HTTP surface; `app.fetch` answers without a socket. */
  readonly app: Hono
  /** Which implementation of secp256k1 signs. */
  readonly signatures: Secp256k1['kind']
  listen(parameters: ListenParameters): Promise<Listening>
  /** Settles all that can be claimed now. Rejects with what the SDK throws. */
  settleNow(): Promise<SettlementSummary>
  /** Says on `/health` that no more calls should come; those that do are answered all the same. */
  drain(): void
  /** Settles what brings more than it costs. Rejects with what the SDK throws. */
  settleWorthwhile(): Promise<SettlementSummary>
  status(): NodeStatus
  /** Stops listening, finishes what is under way and frees models and store. Settles nothing: the debts are found again at the next start. */
  close(): Promise<void>
}

/** Milliseconds that a call waits for the chain. */
const READ_TIMEOUT_MS = 3_000
/** Times that what no call waits for is asked again. */
const PATIENT_RETRIES = 3
/** Milliseconds that the chain may take to answer a settlement's requests. */
const SEND_TIMEOUT_MS = 10_000
/** Most lanes that are counted. */
const COUNTED = 1_000
/** Milliseconds between looks for a settlement that is not mined at once. */
const POLLING_MS = 1_000

/**
 * Opens a seller's node: checks keys and offers against the ledger, loads the models and hashes their weights, takes up the debts in its
 * store, and settles from then on. It answers nothing before `listen`, but through `app.fetch`.
 *
 * @throws WeightsMismatchError, NodeConfigurationError (`UnservableOfferError`, `WrongReceiptKeyError`, `NotSettlerError`,
 * `SettlementTooSlowError`, `STORE_IN_USE`), and what SDK, blob store and engine throw.
 */
export async function createNode(parameters: NodeParameters): Promise<StoaNode> {
  const { provider, blobs } = parameters
  const requests = new AsyncLocalStorage<string>()
  const logger: NodeLogger = (event) => parameters.logger?.(event, { requestId: requests.getStore() })
  const settings = settingsOf(parameters)
  await using stack = new AsyncDisposableStack()
  const parts = await openParts(parameters, settings, logger, stack)
  const { served, payments, settlement, watch, housekeeping, disputes, direct, gas, rpc } = parts
  const signatures = payments.secp256k1.kind
  let draining = false
  const problems = () => [
    ...storeProblem(payments.store.trouble()),
    ...(draining ? ['The node is about to stop.'] : []),
    ...(watch.ageSeconds() > settings.staleSeconds ? ['The chain does not answer.'] : []),
  ]
  const app = createApp({
    payments,
    answer: ({ offerId, payer }, request, options) => {
      const { turns, run } = modelOf(served, offerId)
      const turn = { party: payer, waitMs: settings.modelTimeoutMs, signal: options?.signal }
      return takeTurn(turns, { ...turn, work: () => run(request, options) })
    },
    onCharged: housekeeping.onCharged,
    load: (offerId) => served.get(offerId)?.load(),
    blobs,
    description: describeNode({ deployment: parameters.deployment, provider, signatures, settings, served }),
    problems,
    oip: { models: await modelsByName(served), direct, terms: parts.terms },
    logger,
    requests,
    ...(parameters.endpointKey && { endpointKey: parameters.endpointKey }),
    lanes: { provider: provider.toLowerCase() as Address, readPayer: parts.readPayer },
    ...settings,
  })
  const offers = [...served.keys()]
  logger({ event: 'opened', provider, offers, signatures, owedWei: payments.book.total() })
  const opened = stack.move()
  const listening = new Set<Listening>()
  return {
    app,
    signatures,
    async listen(where) {
      const socket = await listen(app, where, logger)
      listening.add(socket)
      logger({ event: 'listening', url: socket.url })
      return socket
    },
    async settleNow() {
      await direct?.sweepAll()
      return settlement.settleNow()
    },
    settleWorthwhile: settlement.settleWorthwhile,
    drain() {
      draining = true
    },
    status: () => ({
      provider,
      signatures,
      offers: [...served.values()].map(({ offerId, card, turns }) => ({
        offerId,
        model: card.name,
        queue: turns.depth(),
      })),
      owedWei: payments.book.total(),
      unsettledLanes: payments.store.unsettledLanes().length,
      pendingPayments: direct?.settlement.pending() ?? 0,
      chainAgeSeconds: watch.ageSeconds(),
      disputes: disputes?.status(),
      unfinalLanes: payments.store.provisionalLanes(COUNTED).length,
      gas: gas.purse(),
      endpoints: rpc.states().map(({ name, condition }) => ({ name, condition })),
      warnings: [...warningsOf(gas, rpc), ...[...listening].flatMap((socket) => socket.warnings())],
      problems: problems(),
    }),
    async close() {
      // Calls under way still find models and store open.
      await Promise.all([...listening].map((socket) => socket.close(settings.modelTimeoutMs)))
      await opened.disposeAsync()
      logger({ event: 'closed' })
    },
  }
}

/** Opens what a node is made of, in order; `stack` closes it in the reverse. */
async function openParts(
  parameters: NodeParameters,
  settings: NodeSettings,
  logger: NodeLogger,
  stack: AsyncDisposableStack,
) {
  const { deployment, provider, blobs, folder, signerKey } = parameters
  const { chainId, escrow, providerRegistry } = deployment
  const { intervalSeconds, refreshSeconds, staleSeconds, durability, maxQueue, modelTimeoutMs, thresholdWei } = settings
  // One set of endpoints for all that the node asks: what one part learns of them the others know.
  const rpc = endpointsOf(parameters.rpcUrl, {
    chainId,
    onChange: (change) => logger({ event: 'endpoint', ...change }),
  })
  // Who waits for a call has another provider: nothing is repeated.
  const client = createChainClient({ rpcUrl: rpc, chainId, timeout: READ_TIMEOUT_MS, retryCount: 0 })
  // What no call waits for is asked again when an answer is lost: a start should not fail for it.
  const patient = createChainClient({ rpcUrl: rpc, chainId, timeout: READ_TIMEOUT_MS, retryCount: PATIENT_RETRIES })
  const [together, patiently] = [readTogetherFrom(client), readTogetherFrom(patient)]
  const { settler, offers, maxVoucherValidity } = await checkLedger(patient, parameters, settings)

  const weights = { blobs, folder: join(folder, 'weights') }
  const models = await openServed({
    client: patient,
    deployment,
    provider,
    offers,
    ...weights,
    maxQueue,
    modelTimeoutMs,
    keepAnswersSeconds: settings.keepAnswersSeconds,
  })
  stack.defer(models.close)
  const { served } = models

  const offerIds = offers.map(({ offerId }) => offerId)
  const watch = createOfferWatch({
    ...{ offerIds, now: Date.now, staleSeconds },
    read: readOpenOffersFrom(patiently, providerRegistry),
  })
  await watch.refresh()
  const readPayer = readPayerFrom(together, escrow)
  const claimed = createClaimedLanes()
  const payments = await openPayments({
    ...{ folder, durability, chainId, escrow, providerRegistry, signerKey, readPayer, refreshSeconds, staleSeconds },
    offers: [...served.values()],
    terms: { intervalSeconds, maxVoucherValidity },
    isOpen: watch.isOpen,
    claimedLanes: claimed.of,
  })
  stack.defer(payments.store.close)

  // One sender for all that the settlement key pays for: one transaction at a time, so that nonces cannot clash.
  const writer = createChainClient({ rpcUrl: rpc, chainId, account: settler, timeout: SEND_TIMEOUT_MS })
  const { mostFeePerGasWei: mostFeePerGas, coinPriceWei: coinPrice } = settings
  const sender = openSender(writer, {
    ...{ chainId, interval: POLLING_MS },
    ...(mostFeePerGas !== undefined && { mostFeePerGas }),
  })
  const send = async (claims: readonly SettlementClaim[]) =>
    decodeSettlement(await sender.send(settleCall({ deployment, provider, claims })), escrow)
  // Debts under an offer that is no longer served are settled as soon as may be.
  const exposureOf = (offerId: Hex) => served.get(offerId)?.offer.exposure ?? 0n
  const rule = { thresholdWei, intervalSeconds, exposureOf }
  const gasTerms =
    coinPrice === undefined ? undefined : async () => ({ coinPrice, gasPrice: await readGasPrice(client) })
  const settlement = createSettlement({ payments, send, readPayer, claimed, logger }, rule, { gasTerms })
  stack.defer(settlement.idle)
  // What was under way when the process ended may have come through.
  await adoptSettled({ payments, readPayer: readPayerFrom(patiently, escrow) }, payments.store.unsettledLanes())
  const disputes =
    deployment.arbiter &&
    openDisputes(parameters, { client, rpc, store: payments.store, settings, logger, folder: weights.folder })
  if (disputes) stack.defer(disputes.stop)
  const token = await getTokenDomain(patient, { deployment })
  const direct = deployment.offerPayments
    ? await openDirect({
        rpcUrl: rpc,
        deployment,
        token,
        payments,
        sender,
        modelTimeoutMs,
        finalityBlocks: settings.finalityBlocks,
        logger,
      })
    : undefined
  if (direct) stack.defer(direct.settlement.stop)
  // What came past our transactions while the node was away; if the chain does not answer now, it comes with the next payment.
  void direct?.sweepAll().catch(() => undefined)
  const finality = createFinality({
    ...{ payments, logger, depth: settings.finalityBlocks },
    head: () => readHead(client),
    channelsAt: readChannelsFrom(together, escrow),
    ...(direct && {
      direct: { blockOf: successBlock(client), find: direct.find, settle: direct.settlement.settle },
    }),
  })
  const gas = createGasWatch({ client, account: settler.address, gas: RESERVE_GAS, purpose: 'settles', logger })
  const housekeeping = startHousekeeping({
    ...{ settlement, watch, payments, settings, finality, gas, rpc, exposureOf, logger },
  })
  stack.defer(housekeeping.stop)
  const terms = {
    ...{ token, escrow, providerRegistry, provider, accounts: direct?.accounts ?? new Map() },
    ...{ signer: payments.secp256k1.addressOf(signerKey), maxVoucherValidity, settlementSeconds: intervalSeconds },
    paymentSeconds: Math.ceil(modelTimeoutMs / 1000) + 2 * SETTLE_SECONDS,
  }
  return { served, payments, settlement, watch, housekeeping, disputes, direct, terms, gas, rpc, readPayer }
}

/** The served models by their names, as callers of the Open Inference Protocol know them. */
async function modelsByName(served: ReadonlyMap<Hex, ServedModel>): Promise<Map<string, OipModel>> {
  const models = new Map<string, OipModel>()
  for (const each of served.values()) {
    const known = models.get(each.card.name)
    const tensors = known?.tensors ?? each.tensors ?? (await tensorsOfModel(each.card, each.files))
    models.set(each.card.name, { offers: [...(known?.offers ?? []), each], tensors })
  }
  return models
}

function storeProblem(why: string | undefined): string[] {
  if (why === undefined) return []
  return [`The store can't be written (${why}): nothing is charged or settled until its disk has room.`]
}

function warningsOf(gas: GasWatch, rpc: Endpoints): string[] {
  const low = gas.warning()
  const away = rpc.states().filter(({ condition }) => condition !== 'up')
  return [...(low ? [low] : []), ...away.map(({ name, condition }) => `The RPC endpoint ${name} is ${condition}.`)]
}

function modelOf(served: ReadonlyMap<Hex, ServedModel>, offerId: Hex): ServedModel {
  const model = served.get(offerId)
  if (!model) throw new Error(`offer ${offerId} has no model`)
  return model
}

/** What has to hold on the ledger before anything is loaded. */
async function checkLedger(
  client: ReadClient,
  { deployment, provider, offers, signerKey, settlementKey }: NodeParameters,
  { intervalSeconds, staleSeconds }: NodeSettings,
) {
  await checkDeployment(client, { deployment })
  const { withdrawalDelay, maxVoucherValidity } = await getEscrowTerms(client, { deployment })
  // Whoever was looked at `staleSeconds` ago may have announced a withdrawal right after (specs/voucher.md).
  const longest = Math.min(withdrawalDelay - staleSeconds, maxVoucherValidity)
  if (intervalSeconds >= longest) throw new SettlementTooSlowError(intervalSeconds, longest)
  const settler = privateKeyToAccount(settlementKey)
  const signer = (await loadSecp256k1()).addressOf(signerKey)
  const lowered = offers.map((each) => ({ ...each, offerId: each.offerId.toLowerCase() as Hex }))
  const offerIds = lowered.map(({ offerId }) => offerId)
  await checkKeys(client, { deployment, provider, signer, settler: settler.address, offerIds })
  return { settler, offers: lowered, maxVoucherValidity }
}
