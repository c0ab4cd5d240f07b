import { join } from 'node:path'
import type { Address, Hex } from '@stoa/protocol'
import { loadSecp256k1, type Secp256k1 } from '@stoa/protocol/secp256k1'
import { checkDeployment, createChainClient, getEscrowTerms, isOfferOpen, settle } from '@stoa/sdk'
import type { Hono } from 'hono'
import { privateKeyToAccount } from 'viem/accounts'
import { checkKeys } from './chain/checkKeys.ts'
import { createReadClient } from './chain/createReadClient.ts'
import { createOfferWatch } from './chain/offerWatch.ts'
import { readPayerFrom } from './chain/readPayer.ts'
import { SettlementTooSlowError } from './errors.ts'
import { createApp } from './http/createApp.ts'
import { describeNode } from './http/describeNode.ts'
import { type Listening, type ListenParameters, listen } from './http/listen.ts'
import { openServed } from './models/openServed.ts'
import { type NodeParameters, type NodeSettings, settingsOf } from './parameters.ts'
import { openPayments } from './payments/openPayments.ts'
import { createClaimedLanes } from './settlement/claimedLanes.ts'
import { createSettlement, type SettlementSummary } from './settlement/createSettlement.ts'
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
  /** Since the chain last answered. */
  chainAgeSeconds: number
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
  status(): NodeStatus
  /** Finishes what is under way and frees models and store. Settles nothing: the debts are found again at the next start. */
  close(): Promise<void>
}

/** Milliseconds that a call waits for the chain. */
const READ_TIMEOUT_MS = 3_000

/**
 * Opens a seller's node: checks keys and offers against the ledger, loads the models and hashes their weights, takes up the debts in its
 * store, and settles from then on. It answers nothing before `listen`, but through `app.fetch`.
 *
 * @throws NodeConfigurationError (`WeightsMismatchError`, `UnservableOfferError`, `WrongReceiptKeyError`, `NotSettlerError`,
 * `SettlementTooSlowError`, `STORE_IN_USE`), and what SDK, blob store and engine throw.
 */
export async function createNode(parameters: NodeParameters): Promise<StoaNode> {
  const { deployment, provider, blobs, folder, signerKey, logger = () => undefined } = parameters
  const settings = settingsOf(parameters)
  const client = createReadClient(parameters.rpcUrl, deployment.chainId, READ_TIMEOUT_MS)
  const { settler, offerIds, maxVoucherValidity } = await checkLedger(client, parameters, settings)

  await using stack = new AsyncDisposableStack()
  const { maxQueue, modelTimeoutMs } = settings
  const weights = { blobs, folder: join(folder, 'weights') }
  const models = await openServed({ client, deployment, provider, offerIds, ...weights, maxQueue, modelTimeoutMs })
  stack.defer(models.close)

  const watch = createOfferWatch({
    offerIds,
    read: (offerId) => isOfferOpen(client, { deployment, offerId }),
    now: Date.now,
    staleSeconds: settings.staleSeconds,
  })
  await watch.refresh()
  const readPayer = readPayerFrom(client, deployment.escrow)
  const claimed = createClaimedLanes()
  const { intervalSeconds, refreshSeconds, staleSeconds, durability } = settings
  const payments = await openPayments({
    ...{ folder, durability, signerKey, readPayer, refreshSeconds, staleSeconds },
    ...{ chainId: deployment.chainId, escrow: deployment.escrow, providerRegistry: deployment.providerRegistry },
    offers: [...models.served.values()],
    terms: { intervalSeconds, maxVoucherValidity },
    isOpen: watch.isOpen,
    claimedLanes: claimed.of,
  })
  stack.defer(payments.store.close)
  const { rpcUrl } = parameters
  const writer = createChainClient({ rpcUrl, chainId: deployment.chainId, account: settler, pollingInterval: 250 })
  const send = (claims: Parameters<typeof settle>[1]['claims']) => settle(writer, { deployment, provider, claims })
  const exposureOf = (offerId: Hex) => models.served.get(offerId)?.offer.exposure ?? 0n
  const settlement = createSettlement(
    { payments, send, readPayer, claimed, logger },
    { thresholdWei: settings.thresholdWei, intervalSeconds, exposureOf },
  )
  stack.defer(settlement.idle)
  await adoptSettled({ payments, readPayer }, payments.store.unsettledLanes())
  const housekeeping = startHousekeeping({ settlement, watch, payments, settings, exposureOf, logger })
  stack.defer(housekeeping.stop)

  const problems = () => (watch.ageSeconds() > staleSeconds ? ['The chain does not answer.'] : [])
  const signatures = payments.secp256k1.kind
  const app = createApp({
    payments,
    answer: ({ offerId }, request) => {
      const model = models.served.get(offerId)
      if (!model) throw new Error(`offer ${offerId} has no model`)
      return model.run(request)
    },
    onCharged: housekeeping.onCharged,
    blobs,
    description: describeNode({ deployment, provider, signatures, settings, served: models.served }),
    problems,
    logger,
    ...settings,
  })
  logger({ event: 'opened', provider, offers: offerIds, signatures, owedWei: payments.book.total() })
  const open = stack.move()
  return {
    app,
    signatures,
    listen: async (where) => {
      const listening = await listen(app, where)
      logger({ event: 'listening', url: listening.url })
      return listening
    },
    settleNow: settlement.settleNow,
    status: () => ({
      provider,
      signatures,
      offers: [...models.served.values()].map(({ offerId, card, depth }) => ({
        offerId,
        model: card.name,
        queue: depth(),
      })),
      owedWei: payments.book.total(),
      unsettledLanes: payments.store.unsettledLanes().length,
      chainAgeSeconds: watch.ageSeconds(),
      problems: problems(),
    }),
    close: async () => {
      await open.disposeAsync()
      logger({ event: 'closed' })
    },
  }
}

/** What has to hold on the ledger before anything is loaded. */
async function checkLedger(
  client: ReturnType<typeof createReadClient>,
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
  const offerIds = offers.map(({ offerId }) => offerId.toLowerCase() as Hex)
  await checkKeys(client, { deployment, provider, signer, settler: settler.address, offerIds })
  return { settler, offerIds, maxVoucherValidity }
}
