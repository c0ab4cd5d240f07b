import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { laneRows } from '../payment/laneRows.ts'
import { openStore } from './openStore.ts'

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
const OWNER = '31337:0xe5:0xaa'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-gateway-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (where = folder) => openStore({ folder: where, durability: 'normal', owner: OWNER })

function make(...sql: string[]): void {
  const database = new DatabaseSync(join(folder, 'gateway.db'))
  for (const each of sql) database.exec(each)
  database.close()
}

/** What SQLite keeps of each table, without blanks and comments. */
function layoutOf({ db }: ReturnType<typeof open>) {
  const tables = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
  return tables.map(({ name, sql }) => [name, String(sql).replace(/"/g, '').replace(/\s+/g, '').toLowerCase()])
}

test.each([
  ['the oldest store', [fixture('gateway.1.sql')]],
  ['the next', [fixture('gateway.1.sql'), fixture('reruns.1.sql')]],
])('%s opens with everything in it, and has the layout of a new one', (_, sql) => {
  make(...sql)
  const store = open()
  expect(laneRows(store).load()).toMatchObject([
    { lane: 7n << 32n, status: 'free', charged: 700n, signed: 900n },
    { lane: (7n << 32n) + 1n, status: 'retired', signed: 50n, signedUntil: undefined },
  ])
  for (const table of ['receipts', 'evidence', 'cards', 'distrusted'])
    expect(store.db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n).toBe(1)
  expect(store.db.prepare('SELECT count(*) AS n FROM reruns').get()?.n).toBe(sql.length - 1)
  // What the first layout refused.
  store.db.prepare("INSERT INTO reruns VALUES (x'01', 1, 'close', '', NULL, NULL, NULL)").run()
  const fresh = open(join(folder, 'fresh'))
  expect(layoutOf(store)).toEqual(layoutOf(fresh))
  fresh.close()
  store.close()
  open().close()
})

test('a store of a later layout is refused and left as it is', () => {
  make(fixture('gateway.1.sql'), "UPDATE meta SET value = '99' WHERE name = 'schema'")
  expect(() => open()).toThrow('its schema is 99, not 3')
  const database = new DatabaseSync(join(folder, 'gateway.db'))
  expect(database.prepare("SELECT value FROM meta WHERE name = 'schema'").get()?.value).toBe('99')
  database.close()
})
