import type { Address, Hex } from '@stoa/protocol'
import {
  createChainClient,
  type Deployment,
  decodePayments,
  findPayment,
  getBalances,
  getOfferAccount,
  type RpcUrl,
  type Sender,
  settlePaymentsCall,
  type TokenDomain,
} from '@stoa/sdk'
import type { NodeLogger } from '../events.ts'
import type { Payments } from '../payments/payments.ts'
import { checkExact } from './checkExact.ts'
import { createDirectSettlement, type DirectSettlementParameters } from './createDirectSettlement.ts'
import type { DirectPayments } from './directPayments.ts'

export type OpenDirectParameters = {
  rpcUrl: RpcUrl
  deployment: Deployment
  token: TokenDomain
  payments: Payments
  /** Sends for the settlement key; the one that settles vouchers too. */
  sender: Sender
  /** Milliseconds that a call may take in model and queue. */
  modelTimeoutMs: number
  /** Blocks that a reorganisation may take back. */
  finalityBlocks: number
  logger: NodeLogger
}

/** Seconds that a payment is good for beyond the model's time: for a few transactions, one after the other. */
export const SETTLE_SECONDS = 60
/** Milliseconds that a call waits for its payment to settle. */
const PATIENCE_MS = 20_000
/** Milliseconds that a call waits for the chain. */
const READ_TIMEOUT_MS = 3_000

/** Opens what direct payments need. Rejects with what the SDK throws. */
export async function openDirect(
  parameters: OpenDirectParameters,
): Promise<DirectPayments & { sweepAll(): Promise<void>; find: DirectSettlementParameters['find'] }> {
  const { rpcUrl, deployment, token, payments, sender, modelTimeoutMs, finalityBlocks, logger } = parameters
  const client = createChainClient({ rpcUrl, chainId: deployment.chainId, timeout: READ_TIMEOUT_MS })
  const offerIds = [...payments.offers.keys()]
  const accountOf = async (offerId: Hex) => [offerId, await getOfferAccount(client, { deployment, offerId })] as const
  const accounts: ReadonlyMap<Hex, Address> = new Map(await Promise.all(offerIds.map(accountOf)))
  const depth = BigInt(finalityBlocks)
  const find: DirectSettlementParameters['find'] = ({ payment, fromBlock: unusedAt }, since) => {
    // A reorganisation may put it into an earlier block than the one at which it was not used.
    const fromBlock = unusedAt > depth ? unusedAt - depth : 0n
    const account = accounts.get(payment.offerId)
    // Offers that are no longer served were paid at their accounts all the same.
    const known = account ? Promise.resolve(account) : getOfferAccount(client, { deployment, offerId: payment.offerId })
    return known.then((to) => findPayment(client, { deployment, payment, account: to, fromBlock, since }))
  }
  const settlement = createDirectSettlement({
    store: payments.store,
    send: async (some, sweep) =>
      decodePayments(await sender.send(settlePaymentsCall({ deployment, payments: some, sweep })), deployment),
    find,
    patienceMs: PATIENCE_MS,
    logger,
  })
  return {
    ...{ payments, accounts, settlement, find, underWay: new Map() },
    check: checkExact({ client, token, accounts }),
    neededSeconds: Math.ceil(modelTimeoutMs / 1000) + SETTLE_SECONDS,
    async sweepAll() {
      const held = async (offerId: Hex, account: Address) => ({
        offerId,
        ...(await getBalances(client, { deployment, account })),
      })
      const balances = await Promise.all([...accounts].map(([offerId, account]) => held(offerId, account)))
      await settlement.sweep(balances.filter((each) => each.token > 0n).map(({ offerId }) => offerId))
    },
  }
}
