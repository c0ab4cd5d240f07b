import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Hex, hexToBytes, packReceipt } from '@stoa/protocol'
import { numberToHex } from 'viem'

const word = (n: number, size = 32): Hex => numberToHex(BigInt(n), { size })

/** The name of the n-th model of the market. */
export const modelName = (n: number): string => `many/model-${n}`

/** Provider and model of the n-th receipt of `fillReceipts`: 50 of either. */
export const receiptProvider = (n: number): Hex => word(0xbee0_0000 + (n % 50), 20)
export const receiptModel = (n: number): string => modelName(n % 50)

/** Writes receipts into a closed gateway's store, as it would have kept them. */
export function fillReceipts(folder: string, count: number): void {
  const db = new DatabaseSync(join(folder, 'gateway.db'))
  const insert = db.prepare(
    'INSERT INTO receipts (digest, offer, provider, model, proof_kind, packed, voucher) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const signature = new Uint8Array(64).fill(7)
  const voucher = 'v'.repeat(400)
  db.exec('BEGIN')
  for (let n = 0; n < count; n++) {
    const offerId = word(0x0ffe_0000 + (n % 100))
    const packed = packReceipt({
      ...{ version: 1, offerId, payer: word(9, 20), lane: BigInt(n % 8), voucherCumulative: BigInt(n + 10) },
      ...{
        weightsDigest: word(n % 50),
        requestDigest: word(n + 1),
        responseDigest: word(n + 2),
        units: 3n,
        charge: 1n,
      },
      ...{ chargedCumulative: BigInt(n + 1), requestedAt: 1_790_000_000 + n, answeredAt: 1_790_000_001 + n, signature },
    })
    const [digest, offer, provider] = [word(0x4000_0000 + n), offerId, receiptProvider(n)].map((hex) => hexToBytes(hex))
    insert.run(digest ?? packed, offer ?? packed, provider ?? packed, receiptModel(n), 'exact', packed, voucher)
  }
  db.exec('COMMIT')
  db.close()
}
