import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { BlobReader, GetOptions } from '../blobStore.ts'
import { BlobTooSlowError } from '../errors.ts'
import { collect } from '../testing.case.ts'
import { atPace, type Pace } from './atPace.ts'

/** Three pieces of 1,000 bytes, each `ms` after the one before. */
const source = (ms: number): Pick<BlobReader, 'get'> => ({
  async *get(_, { signal } = {}) {
    for (let i = 0; i < 3; i++) {
      await sleep(ms, undefined, { signal })
      yield new Uint8Array(1000).fill(i)
    }
  },
})
const paced = (ms: number, pace: Pace, options?: GetOptions) => atPace(source(ms), pace).get('bafk', options)

test('hands on what comes in time', async () => {
  expect(await collect(paced(1, { graceMs: 60_000, bytesPerSecond: 1 }))).toHaveLength(3000)
})

test('gives up what never begins when the grace is over', async () => {
  const never = collect(paced(3_600_000, { graceMs: 20, bytesPerSecond: 1e6 }))
  await expect(never).rejects.toMatchObject({ code: 'BLOB_TOO_SLOW', details: '0 bytes in 20 ms.', retry: true })
})

test('gives up what begins and then drips', async () => {
  const received: number[] = []
  const drip = async () => {
    const dripping: Pick<BlobReader, 'get'> = {
      async *get(cid, options) {
        yield new Uint8Array(1000)
        yield* source(3_600_000).get(cid, options)
      },
    }
    const pace = { graceMs: 10, bytesPerSecond: 100_000 }
    for await (const { length } of atPace(dripping, pace).get('bafk')) received.push(length)
  }
  // A thousand bytes earn 10 ms more.
  await expect(drip()).rejects.toMatchObject({ code: 'BLOB_TOO_SLOW', details: '1000 bytes in 20 ms.' })
  expect(received).toEqual([1000])
})

test('the reader’s own time is not the server’s', async () => {
  let pieces = 0
  for await (const _ of paced(0, { graceMs: 5_000, bytesPerSecond: 1e9 })) {
    pieces++
    await sleep(2_000)
  }
  expect(pieces).toBe(3)
})

test('an aborted reading ends with the reason, not as a slow one', async () => {
  const reason = new Error('closing')
  const aborted = collect(paced(3_600_000, { graceMs: 10, bytesPerSecond: 1 }, { signal: AbortSignal.abort(reason) }))
  await expect(aborted).rejects.not.toBeInstanceOf(BlobTooSlowError)
})
