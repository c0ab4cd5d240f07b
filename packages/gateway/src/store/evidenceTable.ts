import { type Address, type Hex, hexToBytes } from '@stoa/protocol'
import { type CallRoom, keepWithin } from './keepWithin.ts'
import type { Store } from './openStore.ts'

/** An answer that failed a check: what the provider said, with the voucher that paid for it. */
export type Evidence = {
  provider: Address
  offerId: Hex
  reason: string
  voucher: string
  requestDigest: Hex
  /** The receipt's header as it came. */
  receipt?: string
  /** The answer's body as it came; the oldest are forgotten when there is no more room. */
  answer?: Uint8Array
}

export type EvidenceTable = {
  insert(evidence: Evidence): void
  count(): number
}

export function evidenceTable({ db }: Pick<Store, 'db'>, now: () => number, room?: CallRoom): EvidenceTable {
  const makeRoom = keepWithin({ db }, { table: 'evidence', columns: ['answer'], provider: 'provider' }, room)
  const insert = db.prepare(
    'INSERT INTO evidence (at, provider, offer, reason, voucher, request, receipt, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const count = db.prepare('SELECT count(*) AS n FROM evidence')
  return {
    insert({ provider, offerId, reason, voucher, requestDigest, receipt, answer }) {
      const request = hexToBytes(requestDigest)
      insert.run(
        now(),
        hexToBytes(provider),
        hexToBytes(offerId),
        reason,
        voucher,
        request,
        receipt ?? null,
        answer ?? null,
      )
      makeRoom()
    },
    count: () => Number(count.get()?.n),
  }
}
