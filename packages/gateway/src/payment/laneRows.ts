import { bytesToHex, decodeVoucherHeader, type Hex, hexToBytes, type UnitBounds } from '@stoa/protocol'
import { z } from 'zod'
import type { Store } from '../store/openStore.ts'
import type { Lane } from './lane.ts'

/** The lanes' table. */
export type LaneRows = {
  /** Every lane, in the order of offer and lane. After a restart no call is in flight. */
  load(): Lane[]
  save(lane: Lane): void
}

const bytes = z.instanceof(Uint8Array)
const row = z.object({
  offer: bytes,
  lane: bytes,
  status: z.enum(['free', 'open', 'retired']),
  charged: z.string(),
  signed: z.string(),
  last_receipt: bytes.nullable(),
  voucher: z.string().nullable(),
  request: bytes.nullable(),
  units: z.string().nullable(),
  opened_at: z.number().nullable(),
  signed_until: z.number().nullable(),
})

export function laneRows({ db }: Pick<Store, 'db'>): LaneRows {
  const all = db.prepare('SELECT * FROM lanes ORDER BY offer, lane')
  const upsert = db.prepare('INSERT OR REPLACE INTO lanes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  return {
    load: () => all.all().map((found) => laneOf(row.parse(found))),
    save({ offerId, lane, status, charged, signed, signedUntil, lastReceipt, call }) {
      upsert.run(
        hexToBytes(offerId),
        laneBytes(lane),
        status,
        String(charged),
        String(signed),
        lastReceipt ? hexToBytes(lastReceipt) : null,
        call?.header ?? null,
        call ? hexToBytes(call.requestDigest) : null,
        call ? boundsText(call.units) : null,
        call?.openedAt ?? null,
        signedUntil ?? null,
      )
    },
  }
}

function laneOf(found: z.infer<typeof row>): Lane {
  const offerId = bytesToHex(found.offer)
  const lane = BigInt(bytesToHex(found.lane))
  const charged = BigInt(found.charged)
  const { voucher: header, request, units, opened_at: openedAt } = found
  const isOpen = header !== null && request !== null && units !== null && openedAt !== null
  const call = isOpen
    ? {
        offerId,
        lane,
        voucher: decodeVoucherHeader(header),
        header,
        charged,
        requestDigest: bytesToHex(request),
        units: boundsOf(units),
        openedAt,
      }
    : undefined
  return {
    offerId,
    lane,
    charged,
    signed: BigInt(found.signed),
    signedUntil: found.signed_until ?? undefined,
    status: found.status,
    lastReceipt: found.last_receipt ? (bytesToHex(found.last_receipt) as Hex) : undefined,
    call,
    inFlight: false,
  }
}

/** `5`, or `5..105` where the answer's length decides. */
const boundsText = ({ least, most }: UnitBounds): string => (least === most ? String(most) : `${least}..${most}`)

function boundsOf(text: string): UnitBounds {
  const [least = '', most = least] = text.split('..')
  return { least: BigInt(least), most: BigInt(most) }
}

/** Big-endian, so that SQLite sorts them as numbers. */
function laneBytes(lane: bigint): Uint8Array {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigUint64(0, lane)
  return out
}
