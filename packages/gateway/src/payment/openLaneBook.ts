import { randomBytes } from 'node:crypto'
import {
  encodeVoucherHeader,
  type Hex,
  isDirectLane,
  type SignedVoucher,
  type UnitBounds,
  type Voucher,
} from '@stoa/protocol'
import { TooManyCallsError } from '../errors.ts'
import type { Purse } from '../keys/openKeyBook.ts'
import type { Store } from '../store/openStore.ts'
import type { Call, Lane } from './lane.ts'
import { laneRows } from './laneRows.ts'

export type OpenCallParameters = {
  offerId: Hex
  /** Most that the call may cost, in wei. */
  ceiling: bigint
  requestDigest: Hex
  units: UnitBounds
  /** Unix second. */
  validUntil: number
  /** Whose budgets the call is on; undefined for the owner's own. */
  key?: string | undefined
}

/**
 * The gateway's side of every lane (specs/voucher.md). Each change is one transaction, and a voucher is on disk before `open` returns
 * it, so whatever moment the process dies at:
 *
 * - no two calls are ever signed with one (offer, lane, maxCumulative), and amounts on a lane only rise;
 * - one call at a time is open on a lane, and one whose outcome was not recorded stays open;
 * - a lane's greatest voucher is at most the sum of its calls' ceilings, a free call counting as 1 wei: the greatest voucher is all
 *   that can ever be settled.
 */
export type LaneBook = {
  /** Signs for a new call on the lowest free lane. Throws `TooManyCallsError` when the offer has no lane left, `BudgetExceededError`. */
  open(parameters: OpenCallParameters): Call
  /** The call brought a receipt that passed: the lane stands at what it says. `record` belongs to the same transaction. */
  answered(call: Call, receipt: { digest: Hex; chargedCumulative: bigint }, record: () => void): void
  /** The call charged nothing, for certain. Where this, or `retire`, can't be written down it throws, and the call is in doubt. */
  refused(call: Call): void
  /** What the seller counts on the lane can't be known any more: it is never used again. */
  retire(call: Call): void
  /** Nobody waits for the call any longer: its lane is in doubt. */
  doubt(call: Call): void
  /** Calls in doubt. */
  doubts(): Call[]
  /** Takes a call in doubt, so that one asks for it at a time; false when somebody has it or it is resolved. */
  take(call: Call): boolean
  /** Takes up a lane of a store that was lost, never to be used again; `record` belongs to the same transaction. One that is known stays as it is. */
  adopt(lane: Pick<Lane, 'offerId' | 'lane' | 'charged' | 'signed' | 'lastReceipt'>, record: () => void): void
  lanes(): Iterable<Lane>
}

export type OpenLaneBookParameters = {
  store: Store
  lanesPerOffer: number
  /** Signs with the session key. */
  sign: (voucher: Voucher) => SignedVoucher
  payer: Voucher['payer']
  /** Milliseconds since 1970. */
  now: () => number
  /** Budgets of keys, which change with the lanes. */
  purse: Purse
}

export function openLaneBook({ store, lanesPerOffer, sign, payer, now, purse }: OpenLaneBookParameters): LaneBook {
  const gatewayId = readGatewayId(store)
  const rows = laneRows(store)
  const offers = new Map<Hex, Lane[]>()
  for (const lane of rows.load()) {
    // Opened by a clock that was ahead: a time to come would keep the call in doubt until then.
    if (lane.call) lane.call.openedAt = Math.min(lane.call.openedAt, now())
    lanesOf(offers, lane.offerId).push(lane)
  }

  const laneOf = (call: Call): Lane => {
    const lane = lanesOf(offers, call.offerId).find((l) => l.lane === call.lane)
    if (lane?.call !== call) throw new TypeError(`The call on lane ${call.lane} has an outcome already.`)
    return lane
  }
  const end = (call: Call, change: Partial<Lane>, cost: bigint | undefined, record: () => void = () => {}): void => {
    const lane = laneOf(call)
    const after: Lane = { ...lane, status: 'free', call: undefined, inFlight: false, ...change }
    const spending = purse.planEnd(call, cost)
    store.transaction(() => {
      record()
      rows.save(after)
      spending?.write()
    })
    Object.assign(lane, after)
    spending?.apply()
  }

  /** An outcome that can't be written down (a full disk) leaves the call in doubt, from which it is taken up again, rather than in flight for ever. */
  const endOrDoubt = (call: Call, change: Partial<Lane>, cost: bigint | undefined): void => {
    try {
      end(call, change, cost)
    } catch (error) {
      laneOf(call).inFlight = false
      throw error
    }
  }

  return {
    open({ offerId, ceiling, requestDigest, units, validUntil, key }) {
      const lane = freeLane(lanesOf(offers, offerId), { offerId, gatewayId, lanesPerOffer })
      const held = key === undefined ? undefined : purse.planHold(key, lane, ceiling)
      const reach = lane.charged + ceiling
      const maxCumulative = reach > lane.signed ? reach : lane.signed + 1n
      const voucher = sign({ payer, offerId, lane: lane.lane, maxCumulative, validUntil })
      const header = encodeVoucherHeader(voucher)
      const { charged } = lane
      const call = { offerId, lane: lane.lane, voucher, header, charged, requestDigest, units, openedAt: now() }
      const signedUntil = lane.signedUntil === undefined ? undefined : Math.max(lane.signedUntil, validUntil)
      const after: Lane = { ...lane, signed: maxCumulative, signedUntil, status: 'open', call, inFlight: true }
      if (held)
        store.transaction(() => {
          rows.save(after)
          held.write()
        })
      else rows.save(after)
      Object.assign(lane, after)
      held?.apply()
      const lanes = lanesOf(offers, offerId)
      if (!lanes.includes(lane)) lanes.push(lane)
      return call
    },
    answered(call, { digest, chargedCumulative }, record) {
      end(call, { charged: chargedCumulative, lastReceipt: digest }, chargedCumulative - call.charged, record)
    },
    refused: (call) => endOrDoubt(call, {}, 0n),
    retire: (call) => endOrDoubt(call, { status: 'retired' }, undefined),
    doubt(call) {
      laneOf(call).inFlight = false
    },
    doubts() {
      return [...offers.values()].flat().flatMap(({ call, inFlight }) => (call && !inFlight ? [call] : []))
    },
    take(call) {
      const lane = lanesOf(offers, call.offerId).find((l) => l.lane === call.lane)
      if (lane?.call !== call || lane.inFlight) return false
      lane.inFlight = true
      return true
    },
    adopt(lost, record) {
      const known = lanesOf(offers, lost.offerId)
      if (known.some(({ lane }) => lane === lost.lane)) return
      const lane: Lane = { ...lost, signedUntil: undefined, status: 'retired', call: undefined, inFlight: false }
      store.transaction(() => {
        record()
        rows.save(lane)
      })
      known.push(lane)
    },
    lanes: () => [...offers.values()].flat(),
  }
}

function lanesOf(offers: Map<Hex, Lane[]>, offerId: Hex): Lane[] {
  const found = offers.get(offerId)
  if (found) return found
  const lanes: Lane[] = []
  offers.set(offerId, lanes)
  return lanes
}

/** The lowest free lane, or the next new one: few lanes keep settlements few, and so cheap for the seller. */
function freeLane(
  lanes: readonly Lane[],
  { offerId, gatewayId, lanesPerOffer }: { offerId: Hex; gatewayId: bigint; lanesPerOffer: number },
): Lane {
  let usable = 0
  let next = gatewayId << 32n
  for (const lane of lanes) {
    // An earlier gateway may have drawn such: no seller takes vouchers on them any more.
    if (isDirectLane(lane.lane)) continue
    if (lane.status === 'free') return lane
    if (lane.status === 'open') usable++
    // Others are of a gateway before this store, or of one beside it, which may go on with them.
    if (lane.lane >> 32n === gatewayId && lane.lane >= next) next = lane.lane + 1n
  }
  if (usable >= lanesPerOffer) throw new TooManyCallsError(lanesPerOffer)
  return {
    offerId,
    lane: next,
    charged: 0n,
    signed: 0n,
    signedUntil: 0,
    status: 'free',
    lastReceipt: undefined,
    call: undefined,
    inFlight: false,
  }
}

/** The upper half of this gateway's lanes, 31 bits: drawn once, so that gateways on one account do not meet. */
function readGatewayId({ db }: Store): bigint {
  const drawn = String(randomBytes(4).readUInt32BE())
  db.prepare("INSERT OR IGNORE INTO meta VALUES ('gateway', ?)").run(drawn)
  return BigInt.asUintN(31, BigInt(String(db.prepare("SELECT value FROM meta WHERE name = 'gateway'").get()?.value)))
}
