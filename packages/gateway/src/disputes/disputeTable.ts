import { JUDGED_TASKS } from '@stoa/engine/dispute'
import {
  bytesToHex,
  decodeTensors,
  encodeTensors,
  type Hex,
  hexToBytes,
  packReceipt,
  unpackReceipt,
} from '@stoa/protocol'
import { z } from 'zod'
import type { Store } from '../store/openStore.ts'
import { type CaseFiles, type Dispute, GROUNDS, type Outcome } from './dispute.ts'

export type DisputeCounts = { open: number; convicted: number; lost: number; forgone: number }

export type NewDispute = Pick<Dispute, 'receipt' | 'kind' | 'provider' | 'model' | 'signed'>

export type DisputeTable = {
  /** Begins one, unless there is one about the receipt. Whether there was none. */
  insert(dispute: NewDispute, caseFiles?: CaseFiles): boolean
  get(receipt: Hex): Dispute | undefined
  /** The call in dispute; undefined where it was forgotten, or there is none. */
  caseFiles(receipt: Hex): CaseFiles | undefined
  /** The newest, at most 100. */
  list(): Dispute[]
  /** Those that are not over, oldest first, then those that ended after `since`, milliseconds since 1970: the chain may take a verdict back. */
  toLookAt(since: number): Dispute[]
  /** The block from which the chain is searched. */
  from(receipt: Hex, fromBlock: bigint): void
  /** Before a challenge is sent. */
  sending(receipt: Hex, nonce: number): void
  playing(receipt: Hex, game: bigint): void
  note(receipt: Hex, note: string): void
  /** Undefined: it goes on after all. */
  end(receipt: Hex, outcome: Outcome | undefined): void
  /** Lets go of calls whose disputes ended before. */
  forget(before: number): void
  counts(): DisputeCounts
}

const hash = z.templateLiteral(['0x', z.string()])
const wei = z.string().transform(BigInt)

const outcomeSchema = z.discriminatedUnion('end', [
  z.object({
    end: z.literal('convicted'),
    ground: z.enum(GROUNDS),
    ...{ burned: wei, toPayer: wei, toChallenger: wei, transaction: hash },
  }),
  z.object({ end: z.literal('lost'), reason: z.string(), transaction: hash.optional().transform((found) => found) }),
  z.object({ end: z.literal('forgone'), reason: z.string() }),
])

const filesSchema = z.object({
  task: z.enum(JUDGED_TASKS),
  files: z.record(z.string(), z.string()),
  bundle: z.array(z.object({ path: z.string(), bytes: z.number(), root: hash })),
})

const blob = z.instanceof(Uint8Array)
const callRow = z.object({ files: z.string(), request: blob, answer: blob })
const row = z.object({
  ...{ receipt: blob, kind: z.enum(['answer', 'weights']), provider: blob, model: z.string(), packed: blob },
  ...{
    from_block: z.string(),
    sent_nonce: z.number().nullable(),
    sent_at: z.number().nullable(),
    game: z.string().nullable(),
  },
  ...{ outcome: z.string().nullable(), ended_at: z.number().nullable(), note: z.string() },
})

export function disputeTable({ db }: Pick<Store, 'db'>, now: () => number): DisputeTable {
  const insert = db.prepare(
    `INSERT OR IGNORE INTO disputes (receipt, kind, provider, model, packed, files, request, answer, from_block, note)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, '0', '')`,
  )
  const columns =
    'receipt, kind, provider, model, packed, from_block, sent_nonce, sent_at, game, outcome, ended_at, note'
  const select = db.prepare(`SELECT ${columns} FROM disputes WHERE receipt = ?`)
  const call = db.prepare('SELECT files, request, answer FROM disputes WHERE receipt = ? AND request IS NOT NULL')
  const open = db.prepare(
    `SELECT ${columns} FROM disputes WHERE ended_at IS NULL OR ended_at > ? ORDER BY ended_at IS NOT NULL, rowid`,
  )
  const newest = db.prepare(`SELECT ${columns} FROM disputes ORDER BY rowid DESC LIMIT 100`)
  const from = db.prepare('UPDATE disputes SET from_block = ? WHERE receipt = ?')
  const sending = db.prepare('UPDATE disputes SET sent_nonce = ?, sent_at = ? WHERE receipt = ?')
  const playing = db.prepare('UPDATE disputes SET game = ? WHERE receipt = ?')
  const note = db.prepare('UPDATE disputes SET note = ? WHERE receipt = ?')
  const end = db.prepare("UPDATE disputes SET outcome = ?, ended_at = ?, note = '' WHERE receipt = ?")
  const forget = db.prepare('UPDATE disputes SET request = NULL, answer = NULL WHERE ended_at < ?')
  const count = db.prepare(
    "SELECT coalesce(json_extract(outcome, '$.end'), 'open') AS state, count(*) AS n FROM disputes GROUP BY 1",
  )
  return {
    insert({ receipt, kind, provider, model, signed }, caseFiles) {
      const ids = [hexToBytes(receipt), kind, hexToBytes(provider), model, packReceipt(signed)] as const
      return insert.run(...ids, ...columnsOf(caseFiles)).changes > 0
    },
    get(receipt) {
      const found = select.get(hexToBytes(receipt, 32))
      return found && disputeOf(found)
    },
    caseFiles(receipt) {
      const found = call.get(hexToBytes(receipt, 32))
      return found && caseFilesOf(callRow.parse(found))
    },
    list: () => newest.all().map(disputeOf),
    toLookAt: (since) => open.all(since).map(disputeOf),
    from: (receipt, block) => void from.run(`${block}`, hexToBytes(receipt)),
    sending: (receipt, nonce) => void sending.run(nonce, now(), hexToBytes(receipt)),
    playing: (receipt, game) => void playing.run(`${game}`, hexToBytes(receipt)),
    note: (receipt, words) => void note.run(words, hexToBytes(receipt)),
    end(receipt, outcome) {
      const text = outcome ? JSON.stringify(outcome, (_, v) => (typeof v === 'bigint' ? `${v}` : v)) : null
      end.run(text, outcome ? now() : null, hexToBytes(receipt))
    },
    forget: (before) => void forget.run(before),
    counts() {
      const found = Object.fromEntries(count.all().map(({ state, n }) => [String(state), Number(n)]))
      return { open: 0, convicted: 0, lost: 0, forgone: 0, ...found }
    },
  }
}

function columnsOf(caseFiles: CaseFiles | undefined) {
  if (!caseFiles) return [null, null, null] as const
  const { task, files, bundle, request, response } = caseFiles
  const named = bundle.map(({ path, bytes, root }) => ({ path, bytes, root }))
  return [JSON.stringify({ task, files, bundle: named }), encodeTensors(request), encodeTensors(response)] as const
}

function disputeOf(found: unknown): Dispute {
  const r = row.parse(found)
  const { kind, model, note, sent_nonce: nonce, sent_at: at } = r
  return {
    ...{ kind, model, note, receipt: bytesToHex(r.receipt), provider: bytesToHex(r.provider) },
    signed: unpackReceipt(r.packed),
    fromBlock: BigInt(r.from_block),
    sent: nonce === null || at === null ? undefined : { nonce, at },
    game: r.game === null ? undefined : BigInt(r.game),
    outcome: r.outcome === null ? undefined : outcomeSchema.parse(JSON.parse(r.outcome)),
    endedAt: r.ended_at ?? undefined,
  }
}

function caseFilesOf({ files, request, answer }: z.infer<typeof callRow>): CaseFiles {
  return { ...filesSchema.parse(JSON.parse(files)), request: decodeTensors(request), response: decodeTensors(answer) }
}
