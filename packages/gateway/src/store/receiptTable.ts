import type { StatementSync } from 'node:sqlite'
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
  const pages = new Map<string, StatementSync>()
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
      const given = {
        ...(after !== undefined && { after: hexToBytes(after, 32) }),
        ...(offerId !== undefined && { offer: hexToBytes(offerId, 32) }),
        ...(provider !== undefined && { provider: hexToBytes(provider, 20) }),
        ...(model !== undefined && { model }),
      }
      const sql = pageOf(Object.keys(given))
      const page = pages.get(sql) ?? db.prepare(sql)
      pages.set(sql, page)
      const rows = page.all({ ...given, limit: wanted + 1 })
      return { receipts: rows.slice(0, wanted).map(receiptOf), hasMore: rows.length > wanted }
    },
  }
}

/** A page of the receipts that meet all conditions that are given. One text for each set of them, so that each uses the index that fits. */
export function pageOf(given: readonly string[]): string {
  const conditions = given.map((name) =>
    name === 'after' ? 'seq < (SELECT seq FROM receipts WHERE digest = :after)' : `${name} = :${name}`,
  )
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')} ` : ''
  return `SELECT * FROM receipts ${where}ORDER BY seq DESC LIMIT :limit`
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
