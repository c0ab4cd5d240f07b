import type { Hex } from '@stoa/protocol'
import type { DirectPayment, FoundPayment, SettlePaymentsReturnType } from '@stoa/sdk'
import type { NodeLogger } from '../events.ts'
import type { DirectSale } from '../store/directTable.ts'
import type { NodeStore } from '../store/openStore.ts'
import { PaymentPendingError, PaymentRefusedError } from './errors.ts'
import { paymentKey } from './paymentKey.ts'

/** Most payments in one transaction: some 45,000 gas each. */
export const MAX_PAYMENTS = 50

export type DirectSettlementParameters = {
  store: Pick<NodeStore, 'settleDirect'>
  /** Sends one transaction and waits until it is mined; `sweep`: offers whose accounts to empty besides. Rejects when its outcome is not known, or it was not sent. */
  send: (payments: readonly DirectPayment[], sweep: readonly Hex[]) => Promise<SettlePaymentsReturnType>
  /** What became of a payment, by the chain as of the block `since` at the earliest. */
  find: (sale: DirectSale, since?: bigint) => Promise<FoundPayment>
  /** Milliseconds that a call waits for its settlement before it is told to ask again. */
  patienceMs: number
  logger: NodeLogger
}

export type DirectSettlement = {
  /**
   * Settles a payment with whatever others wait, records it, and returns the transaction. Rejects with PAYMENT_REFUSED when it can never be used, and with
   * PAYMENT_PENDING when that takes longer than a call waits; then it is still under way.
   */
  settle(sale: DirectSale): Promise<Hex>
  /** Has offers' accounts emptied with the next transaction; waits for it as long as a call would. */
  sweep(offerIds: readonly Hex[]): Promise<void>
  /** Payments that wait or are under way. */
  pending(): number
  /** Tries nothing more; what is under way ends, what waits is found again when it is asked for. */
  stop(): Promise<void>
}

type Waiting = { sale: DirectSale; outcome: PromiseWithResolvers<Hex> }

/** Milliseconds to leave the chain alone after a failure, doubled each time. */
const [LEAST_PAUSE_MS, MOST_PAUSE_MS] = [100, 10_000]

/**
 * One loop for all direct payments of a node: takes what waits, sends it in one transaction, and reads from the chain what became of each. A payment leaves
 * when that is certain and not before: one that was told to have failed is paid anew by its buyer, so it must not come through later.
 */
export function createDirectSettlement(parameters: DirectSettlementParameters): DirectSettlement {
  const { patienceMs, logger } = parameters
  const waiting = new Map<string, Waiting>()
  const unswept = new Set<Hex>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  const end = ({ sale, outcome }: Waiting, result: { hash: Hex } | { refused: string }) => {
    // Where this can't be written down it goes on waiting.
    if ('hash' in result) parameters.store.settleDirect(sale.payment, result.hash)
    waiting.delete(paymentKey(sale.payment))
    if ('hash' in result) outcome.resolve(result.hash)
    else outcome.reject(new PaymentRefusedError(result.refused))
  }

  /** Asks the chain what became of a payment; `refusedIn`: block of a transaction of ours that could not use it. */
  const reconcile = async (one: Waiting, refusedIn?: bigint) => {
    const found = await parameters.find(one.sale, refusedIn)
    if (found.state === 'paid') {
      // Whoever submitted it, the money may still lie in the offer's account.
      unswept.add(one.sale.payment.offerId)
      end(one, found)
    } else if (found.state === 'lost') end(one, { refused: 'its nonce was used for another transfer, or cancelled' })
    else if (found.state === 'expired') end(one, { refused: 'it expired before it was settled' })
    else if (refusedIn !== undefined)
      end(one, { refused: 'the token does not take it any more, most likely for want of funds' })
  }

  const settleSome = async () => {
    const batch = [...waiting.values()].slice(0, MAX_PAYMENTS)
    const sweeping = [...unswept]
    const done = await parameters.send(
      batch.map(({ sale }) => sale.payment),
      sweeping,
    )
    for (const offerId of sweeping) unswept.delete(offerId)
    const { hash, blockNumber, gasUsed, swept } = done
    const paidWei = swept.reduce((sum, { amount }) => sum + amount, 0n)
    logger({
      event: 'payments-settled',
      hash,
      payments: done.settled.length,
      refused: done.refused.length,
      paidWei,
      gasUsed,
    })
    const arrived = new Map(done.settled.map((event) => [paymentKey(lowered(event)), event.amount]))
    for (const one of batch) {
      const amount = arrived.get(paymentKey(one.sale.payment))
      if (amount === one.sale.payment.amount) end(one, { hash })
      else await reconcile(one, blockNumber)
    }
  }

  const run = async () => {
    let pauseMs = 0
    while (!stopping.signal.aborted && (waiting.size > 0 || unswept.size > 0)) {
      const before = [...waiting.values()].slice(0, MAX_PAYMENTS)
      try {
        await settleSome()
        pauseMs = 0
      } catch (error) {
        logger({ event: 'payments-failed', error })
        pauseMs = Math.min(Math.max(2 * pauseMs, LEAST_PAUSE_MS), MOST_PAUSE_MS)
        // It may have been mined all the same, or time may have run out.
        for (const one of before.filter((each) => waiting.get(paymentKey(each.sale.payment)) === each))
          await reconcile(one).catch(() => undefined)
        await pause(pauseMs, stopping.signal)
      }
    }
  }
  const start = () => {
    running ??= run().finally(() => {
      running = undefined
      // Something may have come between the last look and this end.
      if (!stopping.signal.aborted && (waiting.size > 0 || unswept.size > 0)) start()
    })
    return running
  }

  return {
    settle(sale) {
      const key = paymentKey(sale.payment)
      const one = waiting.get(key) ?? { sale, outcome: Promise.withResolvers<Hex>() }
      // Nobody may be waiting any longer when it is refused.
      one.outcome.promise.catch(() => undefined)
      waiting.set(key, one)
      void start()
      return within(one.outcome.promise, patienceMs)
    },
    async sweep(offerIds) {
      for (const offerId of offerIds) unswept.add(offerId)
      if (offerIds.length > 0) await Promise.race([start(), pause(patienceMs, stopping.signal)])
    },
    pending: () => waiting.size,
    async stop() {
      stopping.abort()
      await running
      for (const { outcome } of waiting.values()) outcome.reject(new PaymentPendingError())
    },
  }
}

/** Events carry checksummed addresses; payments are kept in lower case. */
function lowered<T extends { payer: `0x${string}`; nonce: Hex }>({ payer, nonce }: T) {
  return { payer: payer.toLowerCase() as Hex, nonce: nonce.toLowerCase() as Hex }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PaymentPendingError()), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
