import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from '../store/openStore.ts'
import { createHealth } from './health.ts'

const PROVIDER = '0x00000000000000000000000000000000000000aa'
const timeouts = { coolDown: 100, maxCoolDown: 1_000, distrust: 10_000 }

let folder: string
let store: Store
let time = 0
const health = () => createHealth({ store, timeouts, now: () => time })
beforeEach(() => {
  time = 0
  folder = mkdtempSync(join(tmpdir(), 'stoa-health-'))
  store = openStore({ folder, durability: 'normal', owner: 'test' })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

it('rests a provider for twice as long after each failure, up to a bound, and forgets with a success', () => {
  const seen = health()
  const rests: number[] = []
  for (let i = 0; i < 6; i++) {
    seen.failed(PROVIDER, 'down')
    const [
      {
        health: { until },
      } = { health: { until: 0 } },
    ] = seen.list()
    rests.push(until - time)
    time = until
    expect(seen.stateOf(PROVIDER)).toBe('healthy')
  }
  expect(rests).toEqual([100, 200, 400, 800, 1_000, 1_000])
  seen.succeeded(PROVIDER)
  seen.failed(PROVIDER, 'down')
  expect(seen.list()).toMatchObject([{ provider: PROVIDER, health: { state: 'resting', until: time + 100 } }])
})

it('distrusts over everything else, across a restart, until the time is over', () => {
  const seen = health()
  seen.distrust(PROVIDER, 'lied')
  seen.succeeded(PROVIDER)
  expect(seen.stateOf(PROVIDER)).toBe('distrusted')
  time = 9_999
  expect(health().list()).toEqual([
    { provider: PROVIDER, health: { state: 'distrusted', until: 10_000, reason: 'lied' } },
  ])
  time = 10_000
  expect(health().list()).toEqual([])
})
