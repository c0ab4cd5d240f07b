import type { DatabaseSync } from 'node:sqlite'
import type { Address, Hex, Receipt, SignedReceipt, SignedVoucher } from '@stoa/protocol'
import { bytesToHex, isDirectLane, packReceipt } from '@stoa/protocol'
import type { DirectPayment } from '@stoa/sdk'
import { amountToText } from './amount.ts'
import { answerTable, type FoundCall, type Judged, type StoredAnswer } from './answerTable.ts'
import { type DirectSale, directTable } from './directTable.ts'
import { type GameTable, gameTable } from './gameTable.ts'
import { createGroupCommit, type Transact } from './groupCommit.ts'
import type { LaneId, LaneRecord } from './lane.ts'
import { type LaneCharge, type LaneSettlement, laneTable } from './laneTable.ts'
import { type Durability, openDatabase } from './openDatabase.ts'
import { type ProvisionalLane, provisionalTable } from './provisionalTable.ts'
import { refusedTable } from './refusedTable.ts'
import { SCHEMA_VERSION } from './schema.ts'

/** An answer on its way out, with what paid for it. */
export type CompletedCall = {
  voucher: LaneRecord['voucher']
  /** Settled on the lane, as far as the caller knows. */
  settled: bigint
  receipt: SignedReceipt
  /** Encoded tensors. */
  response: Uint8Array
  /** For an answer that a contract can judge. */
  judged: Judged | undefined
}

/** A settlement that the chain confirmed. */
export type ConfirmedSettlement = {
  hash: Hex
  /** That has it. */
  block: bigint
  confirmedAt: number
  gasUsed: bigint
  lanes: readonly LaneSettlement[]
  paid: bigint
}

/** What the node must not forget. Every write is whole or not at all; when a method returns, or what it returns resolves, it is as durable as the store was opened. */
export type NodeStore = {
  /** Disputes. */
  readonly games: GameTable
  findLane(id: LaneId): LaneRecord | undefined
  /** Lanes on which something is owed, the oldest debt first. */
  unsettledLanes(): LaneRecord[]
  /** Of these, lanes that a claim at `now` (unix second) may get something for. */
  claimableLanes(now: number): LaneRecord[]
  /** A payer's lanes, the latest first. */
  lanesOf(payer: Address, limit: number): LaneRecord[]
  /** Takes up a lane from a receipt that this store has forgotten: its voucher, and what is charged in all. */
  takeUpLane(lane: Omit<LaneCharge, 'settled'>): void
  findAnswer(voucherDigest: Uint8Array): StoredAnswer | undefined
  /** The judged answer that a receipt is about. */
  findCall(receipt: LaneId & Pick<Receipt, 'chargedCumulative' | 'requestDigest'>): FoundCall | undefined
  /** The answer that a direct payment is for. */
  findDirect(payer: Address, nonce: Hex): DirectSale | undefined
  /** The nonce of the direct payment whose receipt names this lane. */
  nonceOnLane(lane: LaneId): Hex | undefined
  /** Direct payment, answer and receipt at once. Throws when the payment, or the receipt's lane, has an answer already. */
  saveDirect(sale: DirectSale, judged: Judged | undefined): void
  /** The transaction that moved the money of a direct payment. */
  settleDirect(payment: Pick<DirectPayment, 'payer' | 'nonce'>, hash: Hex): void
  /** Voucher, answer and receipt at once, in one commit with others of the same moment. Rejects when the voucher has an answer already. */
  saveAnswer(call: CompletedCall): Promise<void>
  /** Whether a call with this voucher's signature was refused. */
  isRefused(signature: Uint8Array): boolean
  /** No call with this voucher will be charged any more: from this moment on, and for good once it resolves. In one commit with what else is written in the same moment, so that refusals cost a disk little. */
  refuseVoucher(voucher: Pick<SignedVoucher, 'signature' | 'validUntil'>): Promise<void>
  /** Marks vouchers as shown to everybody; before the claim that shows them is sent. */
  publishVouchers(digests: readonly Uint8Array[]): void
  /** What the chain was seen to have settled, without a transaction of ours. */
  recordSettled(lane: LaneId, settled: bigint): void
  recordSettlement(settlement: ConfirmedSettlement): void
  /** Lanes whose settlement is not final yet, at most `limit`. */
  provisionalLanes(limit: number): ProvisionalLane[]
  /** The chain has a lane's settlement by this block. */
  settlementSeen(lane: LaneId, block: bigint): void
  /** A lane's settlement can't be taken back any more. */
  settlementFinal(lane: LaneId): void
  /** The chain took settlements of `calls` answers back; `settled` wei of the lane are left, at `now` (unix second). */
  settlementLost(lane: ProvisionalLane, settled: bigint, now: number): void
  /** Direct payments whose settlement is not final yet, at most `limit`. */
  provisionalDirect(limit: number): DirectSale[]
  /** The direct payments that this transaction settled stay settled. */
  directFinal(hash: Hex): void
  /** The chain took the settlement of a direct payment back; it stays among those that are not final until it is settled again or given up. */
  directLost(payment: Pick<DirectPayment, 'payer' | 'nonce'>): void
  /** A direct payment that was taken back can't be settled any more. */
  directGivenUp(payment: Pick<DirectPayment, 'payer' | 'nonce'>): void
  /** No claim for these lanes before `until` (unix second), or before they are charged again. */
  postpone(lanes: readonly LaneId[], until: number): void
  /** Forgets refused vouchers that have expired, and answers that are done with: older than `keepSeconds`, or the oldest while the store holds more than `maxBytes`. How many answers. */
  pruneAnswers(limits: { now: number; keepSeconds: number; maxBytes: number }): number
  /** Why the last write failed, in SQLite's words, where the disk did not take it; undefined where it did. */
  trouble(): string | undefined
  /** Writes what changes nothing, to find out whether the disk takes it again. */
  tryWrite(): void
  /** Closing twice is the same as once. */
  close(): void
}

/** Opens the node's store in `folder`; see `openDatabase` for what it throws. */
export function openStore({ folder, durability }: { folder: string; durability: Durability }): NodeStore {
  const database = openDatabase(folder, durability)
  const lanes = laneTable(database)
  const answers = answerTable(database)
  const direct = directTable(database)
  const provisional = provisionalTable(database)
  const refused = refusedTable(database)
  /** Signatures that are being written down as refused. */
  const refusing = new Set<Hex>()
  const { transact, trouble } = transactions(database)
  const together = createGroupCommit(transact)
  const insertSettlement = database.prepare(
    'insert or ignore into settlements (hash, confirmed_at, claims, paid, gas_used) values (?, ?, ?, ?, ?)',
  )

  return {
    games: gameTable(database),
    findLane: lanes.find,
    unsettledLanes: lanes.unsettled,
    claimableLanes: lanes.claimable,
    lanesOf: lanes.ofPayer,
    takeUpLane: (lane) => transact(() => void lanes.charge({ ...lane, settled: 0n })),
    findAnswer: answers.find,
    findDirect: direct.find,
    nonceOnLane: direct.nonceOnLane,
    saveDirect: (sale, judged) => transact(() => direct.insert(sale, judged)),
    settleDirect: (payment, hash) => transact(() => direct.settle(payment, hash)),
    findCall({ chargedCumulative, requestDigest, ...lane }) {
      // Older gateways had lanes with the top bit too, under escrows that no offer is paid directly with.
      const paidDirectly = isDirectLane(lane.lane) ? direct.findCall(lane) : undefined
      if (paidDirectly) return paidDirectly
      const id = lanes.idOf(lane)
      return id === undefined ? undefined : answers.findCall(id, chargedCumulative, requestDigest)
    },
    saveAnswer: ({ voucher, settled, receipt, response, judged }) =>
      together.add(() => {
        const { payer, offerId, lane, answeredAt, requestDigest, chargedCumulative: charged } = receipt
        const laneId = lanes.charge({ payer, offerId, lane, voucher, charged, settled, answeredAt })
        const packed = packReceipt(receipt)
        const { digest: voucherDigest, signature: voucherSignature } = voucher
        const paid = { voucherDigest, voucherSignature, laneId, charged }
        answers.insert({ ...paid, requestDigest, receipt: packed, response, answeredAt, judged })
      }),
    isRefused: (signature) => (refusing.size > 0 && refusing.has(bytesToHex(signature))) || refused.has(signature),
    refuseVoucher(voucher) {
      const key = bytesToHex(voucher.signature)
      refusing.add(key)
      return together.add(() => refused.add(voucher)).finally(() => refusing.delete(key))
    },
    publishVouchers: (digests) => transact(() => digests.forEach(answers.publish)),
    recordSettled: (lane, settled) =>
      transact(() => {
        lanes.settle({ ...lane, settled, cumulative: settled, calls: 0, claimedAt: 0 })
        provisional.add(lane, undefined, 0)
      }),
    recordSettlement: (s) =>
      transact(() => {
        for (const lane of s.lanes) {
          lanes.settle(lane)
          provisional.add(lane, s.block, lane.calls)
        }
        insertSettlement.run(s.hash, s.confirmedAt, s.lanes.length, amountToText(s.paid), s.gasUsed)
      }),
    provisionalLanes: provisional.list,
    settlementSeen: (lane, block) => transact(() => provisional.seen(lane, block)),
    settlementFinal: (lane) => transact(() => provisional.remove(lane)),
    settlementLost: (lane, settled, now) =>
      transact(() => {
        lanes.unsettle(lane, settled, lane.calls, now)
        provisional.remove(lane)
      }),
    provisionalDirect: direct.provisional,
    directFinal: (hash) => transact(() => direct.finalise(hash)),
    directLost: (payment) => transact(() => direct.unsettle(payment)),
    directGivenUp: (payment) => transact(() => direct.giveUp(payment)),
    postpone: (ids, until) =>
      transact(() => {
        for (const id of ids) lanes.postpone(id, until)
      }),
    pruneAnswers({ now, keepSeconds, maxBytes }) {
      const prune = (before: number) =>
        transact(() => answers.prune(before, now)) + transact(() => direct.prune(before, now))
      transact(() => refused.prune(now))
      const removed = prune(now - keepSeconds)
      return answers.bytesUsed() > maxBytes ? removed + prune(now + 1) : removed
    },
    trouble,
    tryWrite() {
      try {
        transact(() => database.exec(`pragma user_version = ${SCHEMA_VERSION}`))
      } catch (error) {
        if (trouble() === undefined) throw error
      }
    },
    close() {
      if (!database.isOpen) return
      together.flush()
      database.close()
    },
  }
}

/** `transact` runs `work` in one transaction, which is undone when it throws; `trouble` is why the disk did not take the last one. */
function transactions(database: DatabaseSync): { transact: Transact; trouble: () => string | undefined } {
  let failed: string | undefined
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')
  const transact: Transact = (work) => {
    try {
      begin.run()
      const result = work()
      commit.run()
      failed = undefined
      return result
    } catch (error) {
      // A failed commit may have ended the transaction by itself.
      if (database.isTransaction) rollback.run()
      failed = diskErrorOf(error) ?? failed
      throw error
    }
  }
  return { transact, trouble: () => failed }
}

/** SQLITE_READONLY, SQLITE_IOERR and SQLITE_FULL, whatever their details (https://www.sqlite.org/rescode.html). */
const DISK_ERRORS: readonly number[] = [8, 10, 13]

/** What SQLite says of a disk that does not take what is written; undefined for any other error. */
function diskErrorOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return DISK_ERRORS.includes(Number(error.errcode) & 0xff) ? error.message : undefined
}
