import { randomBytes } from 'node:crypto'
import { bytesToHex, hexToBytes, sha256 } from '@stoa/protocol'
import { z } from 'zod'
import { BudgetExceededError, UnknownKeyError } from '../errors.ts'
import { providerRules } from '../routing/providerRules.ts'
import type { Store } from '../store/openStore.ts'
import { heldOf, hold, type KeyAccount, roomOf, settle, UNSPENT } from './account.ts'
import type { BudgetAlert, Key, KeyRoom, KeySettings, KeyStanding, LaneRef } from './key.ts'

/** A change in two steps: `write` belongs to the transaction of what it goes with, `apply` follows when that is done. */
export type PlannedChange = { write(): void; apply(): void }

/** The part that whoever signs and ends calls needs. */
export type Purse = {
  /** A call's ceiling is held for a key. Throws `BudgetExceededError`, `UnknownKeyError`. */
  planHold(key: string, call: LaneRef, wei: bigint): PlannedChange
  /** A call's outcome is known; undefined where none of the keys pays for it. `wei`: what it cost; `undefined`: what was held, since it can't be known. */
  planEnd(call: LaneRef, wei: bigint | undefined): PlannedChange | undefined
}

/** Keys of callers, and what they spent, in the gateway's store (specs/keys.md). */
export type KeyBook = Purse & {
  /** Makes a key. `secret` is what the caller shows; it is kept nowhere. */
  create(settings: KeySettings): { secret: string; key: Key }
  /** Throws `UnknownKeyError`. */
  update(id: string, changes: Partial<KeySettings>): Key
  revoke(id: string): Key
  /** The key that a caller shows; undefined for none, or a revoked one. */
  find(secret: string): Key | undefined
  get(id: string): Key | undefined
  /** What its next call may cost; undefined without budgets. */
  room(id: string): KeyRoom | undefined
  standing(id: string): KeyStanding
  list(): KeyStanding[]
}

export type OpenKeyBookParameters = {
  store: Pick<Store, 'db'>
  /** Milliseconds since 1970. */
  now: () => number
  onAlert: (alert: BudgetAlert) => void
}

const SECRET_BYTES = 32
const START = 9
const DAY = 86_400_000
const SHOWN_DAYS = 31

type Entry = { key: Key; hash: Uint8Array; account: KeyAccount }

export function openKeyBook({ store: { db }, now, onAlert }: OpenKeyBookParameters): KeyBook {
  const rows = keyRows(db)
  const { entries, callers } = rows.load()
  const byHash = new Map([...entries.values()].map(({ key, hash }) => [bytesToHex(hash), key.id]))
  const today = () => Math.floor(now() / DAY)
  const seconds = () => Math.floor(now() / 1000)
  const entryOf = (id: string): Entry => {
    const found = entries.get(id)
    if (!found) throw new UnknownKeyError(id)
    return found
  }
  const change = (id: string, changes: Partial<Key>): Key => {
    const entry = entryOf(id)
    const key = { ...entry.key, ...changes }
    rows.saveKey({ ...entry, key })
    entry.key = key
    return key
  }
  const standing = (id: string): KeyStanding => {
    const { key, account } = entryOf(id)
    const day = today()
    const room = (name: 'perDay' | 'total') =>
      roomOf(account, { ...key, perCall: undefined, perDay: undefined, total: undefined, [name]: key[name] }, day)?.left
    const days = [...account.days].sort(([a], [b]) => b - a).slice(0, SHOWN_DAYS)
    return {
      ...{ key, spentTotal: account.spent, spentToday: account.days.get(day) ?? 0n, held: heldOf(account) },
      ...{ leftToday: room('perDay'), leftTotal: room('total') },
      days: days.map(([each, spent]) => ({ day: new Date(each * DAY).toISOString().slice(0, 10), spent })),
    }
  }
  return {
    create(settings) {
      const secret = `stoa_${randomBytes(SECRET_BYTES).toString('base64url')}`
      const id = `key_${randomBytes(6).toString('hex')}`
      const key = { ...settings, id, start: secret.slice(0, START), createdAt: seconds(), revokedAt: undefined }
      const entry: Entry = { key, hash: hashOf(secret), account: UNSPENT }
      rows.saveKey(entry)
      entries.set(id, entry)
      byHash.set(bytesToHex(entry.hash), id)
      return { secret, key }
    },
    update: change,
    revoke: (id) => (entryOf(id).key.revokedAt === undefined ? change(id, { revokedAt: seconds() }) : entryOf(id).key),
    find(secret) {
      // What is compared is a hash of random bytes: how long that takes tells nothing of them.
      const key = entries.get(byHash.get(bytesToHex(hashOf(secret))) ?? '')?.key
      return key?.revokedAt === undefined ? key : undefined
    },
    get: (id) => entries.get(id)?.key,
    room(id) {
      const { key, account } = entryOf(id)
      return roomOf(account, key, today())
    },
    standing,
    list: () => [...entries.keys()].map(standing),
    planHold(id, call, wei) {
      const entry = entryOf(id)
      const day = today()
      const room = roomOf(entry.account, entry.key, day)
      if (room && wei > room.left) throw new BudgetExceededError({ ...room, needed: wei })
      return {
        write: () => rows.saveHold(id, call, wei, day),
        apply() {
          entry.account = hold(entry.account, nameOf(call), wei, day)
          callers.set(nameOf(call), id)
        },
      }
    },
    planEnd(call, wei) {
      const entry = entries.get(callers.get(nameOf(call)) ?? '')
      const held = entry?.account.holds.get(nameOf(call))
      if (!entry || !held) return undefined
      const { account, alerts } = settle(entry.account, entry.key, nameOf(call), wei ?? held.wei, today())
      return {
        write: () => rows.saveEnd({ ...entry, account }, call, held.day),
        apply() {
          entry.account = account
          callers.delete(nameOf(call))
          for (const alert of alerts) onAlert(alert)
        },
      }
    },
  }
}

const hashOf = (secret: string): Uint8Array => sha256(new TextEncoder().encode(secret))

const nameOf = ({ offerId, lane }: LaneRef): string => `${offerId}:${lane}`

const bytes = z.instanceof(Uint8Array)
const wei = z.string().transform(BigInt)
const limit = wei.nullable().transform((value) => value ?? undefined)
const keyRow = z.object({
  ...{ id: z.string(), name: z.string(), hash: bytes, start: z.string(), created_at: z.int() },
  ...{ revoked_at: z.int().nullable(), per_call: limit, per_day: limit, total: limit, alert_at: z.string() },
  ...{ rules: z.string().nullable(), spent: wei, told_total: z.int(), told_day: z.int(), told_of_day: z.int() },
})
const dayRow = z.object({ key: z.string(), day: z.int(), wei })
const holdRow = z.object({ offer: bytes, lane: z.string(), key: z.string(), wei, day: z.int() })

/** The tables. */
function keyRows(db: Store['db']) {
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO api_keys VALUES (${Array.from({ length: 15 }, () => '?').join(', ')})`,
  )
  const upsertDay = db.prepare('INSERT OR REPLACE INTO key_days VALUES (?, ?, ?)')
  const insertHold = db.prepare('INSERT INTO key_holds VALUES (?, ?, ?, ?, ?)')
  const deleteHold = db.prepare('DELETE FROM key_holds WHERE offer = ? AND lane = ?')
  const saveKey = ({ key, hash, account }: Entry) => {
    const { id, name, start, createdAt, revokedAt, perCall, perDay, total, alertAt, rules } = key
    const { spent, told } = account
    upsert.run(
      ...[id, name, hash, start, createdAt, revokedAt ?? null, textOf(perCall), textOf(perDay), textOf(total)],
      ...[JSON.stringify(alertAt), rules ? JSON.stringify(rules) : null],
      ...[String(spent), told.total, told.day, told.ofDay],
    )
  }
  return {
    saveKey,
    saveHold(id: string, { offerId, lane }: LaneRef, held: bigint, day: number) {
      insertHold.run(hexToBytes(offerId), String(lane), id, String(held), day)
    },
    saveEnd(entry: Entry, { offerId, lane }: LaneRef, day: number) {
      deleteHold.run(hexToBytes(offerId), String(lane))
      const spent = entry.account.days.get(day)
      if (spent !== undefined) upsertDay.run(entry.key.id, day, String(spent))
      saveKey(entry)
    },
    load() {
      const entries = new Map<string, Entry>()
      const callers = new Map<string, string>()
      for (const found of db.prepare('SELECT * FROM api_keys ORDER BY created_at, rowid').all()) {
        const row = keyRow.parse(found)
        const { id, name, hash, start, per_call: perCall, per_day: perDay, total, spent } = row
        const alertAt = z.array(z.number()).parse(JSON.parse(row.alert_at))
        const rules = row.rules === null ? undefined : providerRules.parse(JSON.parse(row.rules))
        const told = { total: row.told_total, day: row.told_day, ofDay: row.told_of_day }
        const times = { createdAt: row.created_at, revokedAt: row.revoked_at ?? undefined }
        const key: Key = { id, name, start, ...times, perCall, perDay, total, alertAt, rules }
        entries.set(id, { key, hash, account: { spent, days: new Map(), holds: new Map(), told } })
      }
      for (const found of db.prepare('SELECT * FROM key_days ORDER BY day').all()) {
        const { key, day, wei: spent } = dayRow.parse(found)
        const entry = entries.get(key)
        if (entry) entry.account = { ...entry.account, days: new Map(entry.account.days).set(day, spent) }
      }
      for (const found of db.prepare('SELECT * FROM key_holds').all()) {
        const { offer, lane, key, wei: held, day } = holdRow.parse(found)
        const name = nameOf({ offerId: bytesToHex(offer), lane: BigInt(lane) })
        const entry = entries.get(key)
        if (!entry) continue
        entry.account = hold(entry.account, name, held, day)
        callers.set(name, key)
      }
      return { entries, callers }
    },
  }
}

const textOf = (amount: bigint | undefined): string | null => (amount === undefined ? null : String(amount))
