import {
  type Address,
  bytesToHex,
  type Hex,
  hexToBytes,
  type ProofKind,
  packReceipt,
  type SignedReceipt,
  unpackReceipt,
} from '@stoa/protocol'
import { z } from 'zod'
import type { Store } from './openStore.ts'

/** A receipt that passed every check. */
export type KeptReceipt = {
  digest: Hex
  provider: Address
  /** Name of the model, as its card had it. */
  model: string
  proofKind: ProofKind
  receipt: SignedReceipt
  /** Header of the voucher that paid. */
  voucher: string
}

export type ReceiptQuery = {
  /** Most to return, 1 to 100; 20 by default. */
  limit?: number
  /** Digest of the last receipt that was seen: those before it in time follow. */
  after?: Hex
  offerId?: Hex
  provider?: Address
  model?: string
}

export type ReceiptPage = { receipts: KeptReceipt[]; hasMore: boolean }

export type ReceiptTable = {
  insert(receipt: KeptReceipt): void
  get(digest: Hex): KeptReceipt | undefined
  /** Newest first. An `after` that is not here brings nothing. */
  list(query?: ReceiptQuery): ReceiptPage
}

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100

const row = z.object({
  digest: z.instanceof(Uint8Array),
  provider: z.instanceof(Uint8Array),
  model: z.string(),
  proof_kind: z.enum(['exact', 'attested']),
  packed: z.instanceof(Uint8Array),
  voucher: z.string(),
})

export function receiptTable({ db }: Pick<Store, 'db'>): ReceiptTable {
  const insert = db.prepare(
    'INSERT INTO receipts (digest, offer, provider, model, proof_kind, packed, voucher) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const byDigest = db.prepare('SELECT * FROM receipts WHERE digest = ?')
  const page = db.prepare(`
    SELECT * FROM receipts
    WHERE (:after IS NULL OR seq < (SELECT seq FROM receipts WHERE digest = :after))
      AND (:offer IS NULL OR offer = :offer)
      AND (:provider IS NULL OR provider = :provider)
      AND (:model IS NULL OR model = :model)
    ORDER BY seq DESC LIMIT :limit`)
  return {
    insert({ digest, provider, model, proofKind, receipt, voucher }) {
      const packed = packReceipt(receipt)
      insert.run(
        hexToBytes(digest),
        hexToBytes(receipt.offerId),
        hexToBytes(provider),
        model,
        proofKind,
        packed,
        voucher,
      )
    },
    get(digest) {
      const found = byDigest.get(hexToBytes(digest, 32))
      return found && receiptOf(found)
    },
    list({ limit = DEFAULT_LIMIT, after, offerId, provider, model } = {}) {
      const wanted = Math.min(Math.max(Math.trunc(limit), 1), MAX_LIMIT)
      const rows = page.all({
        after: after === undefined ? null : hexToBytes(after, 32),
        offer: offerId === undefined ? null : hexToBytes(offerId, 32),
        provider: provider === undefined ? null : hexToBytes(provider, 20),
        model: model ?? null,
        limit: wanted + 1,
      })
      return { receipts: rows.slice(0, wanted).map(receiptOf), hasMore: rows.length > wanted }
    },
  }
}

function receiptOf(found: unknown): KeptReceipt {
  const { digest, provider, model, proof_kind: proofKind, packed, voucher } = row.parse(found)
  return {
    digest: bytesToHex(digest),
    provider: bytesToHex(provider),
    model,
    proofKind,
    receipt: unpackReceipt(packed),
    voucher,
  }
}
