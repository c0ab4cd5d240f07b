import { type Address, domainSeparator, type Hex } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { createPayerViews } from '../chain/payerViews.ts'
import type { ReadPayer } from '../chain/readPayer.ts'
import type { LaneId } from '../store/lane.ts'
import type { Durability } from '../store/openDatabase.ts'
import { openStore } from '../store/openStore.ts'
import { adoptChannel } from './adoptChannel.ts'
import { createDebtBook } from './debtBook.ts'
import type { Payments, PaymentTerms, ServedOffer } from './payments.ts'

export type OpenPaymentsParameters = {
  /** Where node.db is kept. */
  folder: string
  durability: Durability
  chainId: number
  escrow: Address
  providerRegistry: Address
  offers: readonly ServedOffer[]
  terms: PaymentTerms
  /** Private key that signs receipts, 32 bytes. */
  signerKey: Uint8Array
  readPayer: ReadPayer
  isOpen: (offerId: Hex) => Promise<boolean>
  /** Ages of what is known of payers, seconds; see `createPayerViews`. */
  refreshSeconds: number
  staleSeconds: number
  /** Lanes that a settlement under way may change. */
  claimedLanes?: (payer: Address) => readonly LaneId[]
  /** Milliseconds since 1970; the system's clock by default. */
  now?: () => number
}

/**
 * Opens the store and takes up the debts in it: all that `acceptPayment` needs. Close `store` at the end.
 *
 * @throws NodeConfigurationError when the store is in use or of another version.
 */
export async function openPayments(parameters: OpenPaymentsParameters): Promise<Payments> {
  const { folder, durability, chainId, terms, signerKey, isOpen, now = Date.now } = parameters
  const escrow = lower(parameters.escrow)
  const secp256k1 = await loadSecp256k1()
  const store = openStore({ folder, durability })
  const book = createDebtBook()
  for (const lane of store.unsettledLanes()) book.set(lane)
  const views = createPayerViews({
    read: parameters.readPayer,
    now,
    refreshSeconds: parameters.refreshSeconds,
    staleSeconds: parameters.staleSeconds,
    onChannel: (channel) => adoptChannel({ store, book }, channel),
    claimedLanes: parameters.claimedLanes ?? (() => []),
  })
  return {
    chainId,
    escrow,
    terms,
    offers: new Map(parameters.offers.map((served) => [lower(served.offerId), served])),
    isOpen,
    store,
    book,
    views,
    underWay: new Map(),
    secp256k1,
    signerKey,
    voucherDomain: domainSeparator({ chainId, verifyingContract: escrow }),
    receiptDomain: domainSeparator({ chainId, verifyingContract: parameters.providerRegistry }),
    now,
  }
}

function lower<T extends Hex>(hex: T): T {
  return hex.toLowerCase() as T
}
