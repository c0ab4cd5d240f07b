import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from './openStore.ts'
import { MIGRATIONS, SCHEMA_VERSION } from './schema.ts'

const OLDEST = readFileSync(new URL('./fixtures/node.1.sql', import.meta.url), 'utf8')
const LANE = { payer: `0x${'aa'.repeat(20)}`, offerId: `0x${'0f'.repeat(32)}`, lane: 2n ** 64n - 1n } as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function makeOldest(): void {
  const database = new DatabaseSync(join(folder, 'node.db'))
  database.exec(OLDEST)
  database.close()
}

/** Columns and indices of every table, in no order: columns that were added later stand last in a table that is older. */
function layoutOf(file: string) {
  const database = new DatabaseSync(file)
  const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all()
  const layout = tables.map(({ name }) => ({
    name,
    columns: database
      .prepare(`select name, type, "notnull", dflt_value, pk from pragma_table_info('${name}') order by name`)
      .all(),
    indices: database.prepare(`select name, "unique", partial from pragma_index_list('${name}') order by name`).all(),
  }))
  database.close()
  return layout
}

test('the oldest store opens with everything in it, and has the layout of a new one', () => {
  makeOldest()
  const store = openStore({ folder, durability: 'normal' })
  expect(store.findLane(LANE)).toMatchObject({ charged: 700n, settled: 200n, calls: 2, unsettledSince: 1_001 })
  expect(store.claimableLanes(2_000)).toHaveLength(1)
  expect(store.findAnswer(new Uint8Array(32).fill(0x33))).toMatchObject({ published: true, response: Uint8Array.of(3) })
  expect(store.games.list()).toEqual([])
  expect(store.provisionalLanes(9)).toEqual([])
  expect(store.isRefused(new Uint8Array(64))).toBe(false)
  store.recordSettled(LANE, 700n)
  expect(store.unsettledLanes()).toEqual([])
  store.close()

  const fresh = join(folder, 'fresh')
  openStore({ folder: fresh, durability: 'normal' }).close()
  expect(layoutOf(join(folder, 'node.db'))).toEqual(layoutOf(join(fresh, 'node.db')))
})

test('there is a step from each layout to the next', () => {
  expect(Object.keys(MIGRATIONS).map(Number)).toEqual(Array.from({ length: SCHEMA_VERSION - 1 }, (_, i) => i + 1))
})
