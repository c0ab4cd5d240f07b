import type { Hex, SignedReceipt } from '@stoa/protocol'
import type { Endpoints } from '@stoa/sdk'
import type { GasWatch } from './chain/gasWatch.ts'
import type { OfferWatch } from './chain/offerWatch.ts'
import type { NodeLogger } from './events.ts'
import type { NodeSettings } from './parameters.ts'
import { type Payments, secondOf } from './payments/payments.ts'
import type { Finality } from './settlement/createFinality.ts'
import type { Settlement } from './settlement/createSettlement.ts'

export type HousekeepingParameters = {
  payments: Payments
  settlement: Settlement
  watch: OfferWatch
  settings: NodeSettings
  finality: Finality
  gas: GasWatch
  rpc: Endpoints
  exposureOf: (offerId: Hex) => bigint
  logger: NodeLogger
}

export type Housekeeping = {
  /** To be called after every charge: may start a settlement. */
  onCharged(receipt: SignedReceipt): void
  stop(): void
}

const TICK_MS = 1_000
const PRUNE_EVERY_TICKS = 60
const CHECK_ENDPOINTS_TICKS = 30

/** What a node does besides answering: settles what is due, holds settlements against the chain, looks at its offers, endpoints, gas and store, forgets old answers. */
export function startHousekeeping(parameters: HousekeepingParameters): Housekeeping {
  const { payments, settlement, watch, settings, finality, gas, rpc, exposureOf, logger } = parameters
  let ticks = 0
  let settling = false
  let watching = false
  /** Something was charged that may make a settlement due before its time. */
  let wanted = false

  const settle = async () => {
    settling = true
    wanted = false
    await settlement.settleDue()
    settling = false
  }
  const look = async () => {
    watching = true
    // A chain that does not answer shows by the age of what is known.
    await watch.refresh().catch(() => undefined)
    await finality.check()
    await gas.look().catch(() => undefined)
    watching = false
  }
  const prune = () => {
    const { keepAnswersSeconds: keepSeconds, maxStoreBytes: maxBytes } = settings
    try {
      const answers = payments.store.pruneAnswers({ now: secondOf(payments), keepSeconds, maxBytes })
      if (answers > 0) logger({ event: 'pruned', answers })
    } catch (error) {
      // A disk without room is told of by itself, and what is old goes when there is some.
      if (payments.store.trouble() === undefined) throw error
    }
  }
  /** Tells when the disk stops taking what is written, tries again until it does, and settles then. */
  const lookAtStore = () => {
    const { store } = payments
    if (store.trouble() !== undefined) store.tryWrite()
    const why = store.trouble()
    if (why !== undefined && !isStuck) logger({ event: 'store-stuck', why })
    if (why === undefined && isStuck) logger({ event: 'store-freed' })
    wanted ||= why === undefined && isStuck
    isStuck = why !== undefined
  }
  let isStuck = false
  const timer = setInterval(() => {
    ticks++
    lookAtStore()
    const aging = ticks % SETTLE_EVERY_TICKS === 0
    if (!settling && (wanted || aging)) void settle()
    if (!watching && watch.ageSeconds() >= settings.refreshSeconds) void look()
    if (ticks % PRUNE_EVERY_TICKS === 0) prune()
    if (ticks % CHECK_ENDPOINTS_TICKS === 0 && rpc.states().length > 1) void rpc.check()
  }, TICK_MS)
  timer.unref()

  return {
    onCharged({ payer, offerId, lane }) {
      const { offer } = payments.book.exposureWith({ payer, offerId, lane }, 0n, [])
      wanted ||= 2n * offer >= exposureOf(offerId) || payments.book.total() >= settings.thresholdWei
    },
    stop: () => clearInterval(timer),
  }
}

/** How often debts are looked at for their age alone. */
const SETTLE_EVERY_TICKS = 10
