import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from '../store/openStore.ts'
import { trackRecords } from './trackRecords.ts'

const OFFER = `0x${'ab'.repeat(32)}` as const
const DAY = 86_400_000

let folder: string
let store: Store
let time = 0
const records = () => trackRecords({ store, now: () => time })

beforeEach(() => {
  time = 1_700_000_000_000
  folder = mkdtempSync(join(tmpdir(), 'stoa-records-'))
  store = openStore({ folder, durability: 'normal', owner: 'test' })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

it('knows nothing of an offer that was never bought under', () => {
  expect(records().of(OFFER)).toEqual({ calls: 0, successRate: undefined, latency: undefined })
})

it('has no latency where nothing was answered', () => {
  const seen = records()
  seen.failed(OFFER)
  expect(seen.of(OFFER)).toEqual({ calls: 1, successRate: 0, latency: undefined })
})

it('tells the middle and the slow end of the last 200 answers', () => {
  const seen = records()
  for (let ms = 1; ms <= 300; ms++) seen.succeeded(OFFER, ms)
  expect(seen.of(OFFER)).toEqual({ calls: 300, successRate: 1, latency: { p50: 200, p95: 290 } })
})

it('forgives a failure in time: it counts half after a day', () => {
  const seen = records()
  seen.failed(OFFER)
  time += DAY
  seen.succeeded(OFFER, 5)
  expect(seen.of(OFFER).successRate).toBeCloseTo(1 / 1.5)
  time += 20 * DAY
  seen.succeeded(OFFER, 5)
  expect(seen.of(OFFER).successRate).toBeCloseTo(1, 5)
})

it('goes on after a restart from what was saved', () => {
  const seen = records()
  seen.succeeded(OFFER, 7)
  seen.failed(OFFER)
  seen.save()
  seen.failed(OFFER)
  expect(records().of(OFFER)).toEqual({ calls: 2, successRate: 0.5, latency: { p50: 7, p95: 7 } })
})
