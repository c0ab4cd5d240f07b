import { bytesToHex, type Hex, hexToBytes } from '@stoa/protocol'
import { type CallRoom, keepWithin } from '../store/keepWithin.ts'
import type { Store } from '../store/openStore.ts'

/**
 * Of exact answers, `same`: to the bit, or `different`; of attested ones, `close` or `far` (specs/audits.md). `failed`: it could not be
 * computed again here.
 */
export type RerunOutcome = 'same' | 'different' | 'close' | 'far' | 'failed'

export type Rerun = {
  /** Digest of the receipt under the answer. */
  receipt: Hex
  outcome: RerunOutcome
  /** Why it failed, or what differs. */
  reason: string
  /** The call, kept where the answers differ, as long as there is room: what a dispute needs. Encoded tensors. */
  request?: Uint8Array
  answer?: Uint8Array
  own?: Uint8Array
}

export type RerunCounts = Record<RerunOutcome, number>

export type RerunTable = {
  insert(rerun: Rerun): void
  outcomeOf(receipt: Hex): RerunOutcome | undefined
  counts(): RerunCounts
  /** Receipts whose answers were wrong, newest first. */
  different(): Hex[]
}

export function rerunTable({ db }: Pick<Store, 'db'>, now: () => number, room?: CallRoom): RerunTable {
  const provider = '(SELECT provider FROM receipts WHERE digest = reruns.receipt)'
  const makeRoom = keepWithin({ db }, { table: 'reruns', columns: ['request', 'answer', 'own'], provider }, room)
  const insert = db.prepare(
    'INSERT OR REPLACE INTO reruns (receipt, at, outcome, reason, request, answer, own) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const select = db.prepare('SELECT outcome FROM reruns WHERE receipt = ?')
  const count = db.prepare('SELECT outcome, count(*) AS n FROM reruns GROUP BY outcome')
  const different = db.prepare("SELECT receipt FROM reruns WHERE outcome = 'different' ORDER BY at DESC LIMIT 100")
  return {
    insert({ receipt, outcome, reason, request, answer, own }) {
      insert.run(hexToBytes(receipt), now(), outcome, reason, request ?? null, answer ?? null, own ?? null)
      if (outcome === 'different') makeRoom()
    },
    outcomeOf: (receipt) => select.get(hexToBytes(receipt))?.outcome as RerunOutcome | undefined,
    counts() {
      const found = Object.fromEntries(count.all().map(({ outcome, n }) => [String(outcome), Number(n)]))
      return { same: 0, different: 0, close: 0, far: 0, failed: 0, ...found }
    },
    different: () => different.all().map(({ receipt }) => bytesToHex(receipt as Uint8Array)),
  }
}
