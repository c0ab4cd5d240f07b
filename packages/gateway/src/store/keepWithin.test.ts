import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex } from '@stoa/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rerunTable } from '../rerun/rerunTable.ts'
import { evidenceTable } from './evidenceTable.ts'
import { openStore, type Store } from './openStore.ts'

let folder: string
let store: Store
let time = 0
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-room-'))
  store = openStore({ folder, durability: 'normal', owner: 'test' })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const room = { perProvider: 250, inAll: 500 }
const provider = (n: number) => bytesToHex(new Uint8Array(20).fill(n))
const digest = (n: number) => bytesToHex(new Uint8Array(32).fill(n))

/** Bytes kept of each rejected answer, oldest first. */
function keptOf(answers: readonly (readonly [provider: number, bytes: number])[]) {
  const evidence = evidenceTable(store, () => time++, room)
  for (const [seller, bytes] of answers) {
    const words = { offerId: digest(1), reason: '', voucher: '', requestDigest: digest(2) }
    evidence.insert({ provider: provider(seller), ...words, answer: new Uint8Array(bytes) })
  }
  expect(evidence.count()).toBe(answers.length)
  return store.db
    .prepare('SELECT length(answer) AS n FROM evidence ORDER BY seq')
    .all()
    .map(({ n }) => n)
}

test.each<[string, [number, number][], (number | null)[]]>([
  [
    'all while there is room',
    [
      [1, 100],
      [1, 100],
      [2, 100],
    ],
    [100, 100, 100],
  ],
  [
    'the newest of one seller',
    [
      [1, 100],
      [1, 100],
      [1, 100],
    ],
    [null, 100, 100],
  ],
  [
    'one seller’s while another tells many lies',
    [
      [1, 100],
      [2, 100],
      [2, 100],
      [2, 100],
    ],
    [100, null, 100, 100],
  ],
  [
    'the newest of all',
    [
      [1, 200],
      [2, 200],
      [3, 200],
    ],
    [null, 200, 200],
  ],
  [
    'the newest call, however large',
    [
      [1, 100],
      [2, 900],
    ],
    [null, 900],
  ],
])('keeps %s', (_, answers, kept) => {
  expect(keptOf(answers)).toEqual(kept)
})

test('calls that came out otherwise have their room too', () => {
  const reruns = rerunTable(store, () => time++, room)
  const call = { request: new Uint8Array(50), answer: new Uint8Array(50), own: new Uint8Array(50) }
  for (const n of [1, 2, 3]) reruns.insert({ receipt: digest(n), outcome: 'different', reason: '', ...call })
  const rows = store.db.prepare('SELECT length(request) AS n FROM reruns ORDER BY at').all()
  expect(rows.map(({ n }) => n)).toEqual([null, null, 50])
  expect(reruns.counts().different).toBe(3)
})
