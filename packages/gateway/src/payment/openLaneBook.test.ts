import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { decodeVoucherHeader, type Hex } from '@stoa/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBook } from '../testing/laneBook.ts'
import type { Call } from './lane.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-lanes-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const digest = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const params = (offer: number, ceiling: bigint) => {
  return {
    offerId: digest(offer),
    ceiling,
    requestDigest: digest(7),
    units: { least: 3n, most: 9n },
    validUntil: 2_000_000_000,
  }
}

describe('lanes', () => {
  it('are the lowest free ones, under an upper half of their own', async () => {
    const { book, store } = (await openBook(folder))()
    const [a, b] = [book.open(params(1, 5n)), book.open(params(1, 5n))]
    expect(b.lane).toBe(a.lane + 1n)
    expect(book.open(params(2, 5n)).lane).toBe(a.lane)
    book.refused(a)
    expect(book.open(params(1, 5n)).lane).toBe(a.lane)
    store.close()
  })

  it('are numbered anew in another folder, so that two gateways of one account do not meet', async () => {
    const other = mkdtempSync(join(folder, 'other-'))
    const [one, two] = [(await openBook(folder))(), (await openBook(other))()]
    expect(one.book.open(params(1, 1n)).lane >> 32n).not.toBe(two.book.open(params(1, 1n)).lane >> 32n)
    one.store.close()
    two.store.close()
  })

  it('go on under an upper half of their own beside those of a lost store, below or above', async () => {
    const { book, store } = (await openBook(folder))()
    const first = book.open(params(1, 1n)).lane
    for (const lane of [1n << 32n, ((1n << 31n) - 1n) << 32n])
      book.adopt({ offerId: digest(1), lane, charged: 1n, signed: 1n, lastReceipt: undefined }, () => {})
    expect(book.open(params(1, 1n)).lane).toBe(first + 1n)
    store.close()
  })

  it('run out at the limit', async () => {
    const { book, store } = (await openBook(folder, 2))()
    book.open(params(1, 1n))
    book.retire(book.open(params(1, 1n)))
    book.open(params(1, 1n))
    expect(() => book.open(params(1, 1n))).toThrow('2 calls are in flight')
    store.close()
  })

  it('take one outcome for a call', async () => {
    const { book, store } = (await openBook(folder))()
    const call = book.open(params(1, 1n))
    book.refused(call)
    expect(() => book.refused(call)).toThrow('has an outcome already')
    store.close()
  })

  it('have a call in doubt whose outcome can not be written down, and take it up when it can', async () => {
    const { book, store } = (await openBook(folder))()
    const call = book.open(params(1, 5n))
    store.db.exec('PRAGMA query_only = 1')
    expect(() => book.refused(call)).toThrow('readonly')
    store.db.exec('PRAGMA query_only = 0')
    expect(book.doubts()).toEqual([call])
    expect(book.take(call)).toBe(true)
    book.refused(call)
    expect(book.open(params(1, 5n)).lane).toBe(call.lane)
    store.close()
  })

  it('left open by a clock that was ahead are as old as the restart, not opened in the future', async () => {
    const open = await openBook(folder)
    const ahead = open(() => Date.now() + 3_600_000)
    ahead.book.open(params(1, 5n))
    ahead.store.close()
    const { book, store } = open()
    expect(book.doubts()[0]?.openedAt).toBeLessThanOrEqual(Date.now())
    store.close()
  })

  it('keep nothing of a receipt whose record fails', async () => {
    const { book, store } = (await openBook(folder))()
    const call = book.open(params(1, 5n))
    const record = () => {
      throw new Error('disk full')
    }
    expect(() => book.answered(call, { digest: digest(1), chargedCumulative: 5n }, record)).toThrow('disk full')
    book.doubt(call)
    expect(book.doubts()).toEqual([call])
    store.close()
  })
})

type Step = { kind: 'open' | 'answer' | 'refuse' | 'retire' | 'doubt' | 'take' | 'crash'; pick: number; amount: bigint }

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>(
      'open',
      'open',
      'open',
      'answer',
      'answer',
      'refuse',
      'retire',
      'doubt',
      'take',
      'crash',
    ),
    pick: fc.nat(),
    amount: fc.bigInt({ min: 0n, max: 20n }),
  }),
  { maxLength: 40 },
)

describe('whatever happens, and at whatever moment the gateway ends', () => {
  it('no amount is signed twice, none falls, and none exceeds the ceilings of its lane', async () => {
    const open = await openBook(folder)
    await fc.assert(
      fc.property(steps, (run) => {
        // Each run goes on with the store that the runs before left behind, as a gateway does.
        let { book, store } = open()
        const reach = new Map<string, bigint>()
        const last = new Map<string, bigint>()
        for (const { offerId, lane, signed } of book.lanes()) {
          reach.set(`${offerId}:${lane}`, signed)
          last.set(`${offerId}:${lane}`, signed)
        }
        const held: Call[] = []
        try {
          for (const { kind, pick, amount } of run) {
            const call = held[pick % Math.max(held.length, 1)]
            if (kind === 'crash') {
              store.close()
              ;({ book, store } = open())
              held.length = 0
            } else if (kind === 'open') {
              const opened = book.open(params(pick % 3, amount))
              const { maxCumulative } = opened.voucher
              const key = `${opened.offerId}:${opened.lane}`
              const before = last.get(key) ?? 0n
              const allowed = (reach.get(key) ?? 0n) + (amount > 1n ? amount : 1n)
              expect(maxCumulative).toBeGreaterThan(before)
              expect(maxCumulative).toBeGreaterThanOrEqual(opened.charged + amount)
              expect(maxCumulative).toBeLessThanOrEqual(allowed)
              expect(decodeVoucherHeader(opened.header)).toEqual(opened.voucher)
              reach.set(key, allowed)
              last.set(key, maxCumulative)
              held.push(opened)
            } else if (kind === 'take') {
              const doubts = book.doubts()
              const doubt = doubts[pick % Math.max(doubts.length, 1)]
              if (doubt && book.take(doubt)) held.push(doubt)
            } else if (call) {
              held.splice(held.indexOf(call), 1)
              const spent = amount < call.voucher.maxCumulative - call.charged ? amount : 0n
              const receipt = { digest: digest(1), chargedCumulative: call.charged + spent }
              if (kind === 'answer') book.answered(call, receipt, () => {})
              else if (kind === 'refuse') book.refused(call)
              else if (kind === 'retire') book.retire(call)
              else book.doubt(call)
            }
            const lanes = [...book.lanes()]
            expect(lanes.every(({ charged, signed }) => charged <= signed)).toBe(true)
            expect(lanes.filter(({ inFlight }) => inFlight)).toHaveLength(held.length)
          }
        } finally {
          store.close()
        }
      }),
      { numRuns: 150 },
    )
  })

  it('is true of a process that is killed: each voucher that left it is known again, and none is signed twice', async () => {
    const seen: string[] = []
    for (let round = 0; round < 3; round++) seen.push(...(await killedWhileSigning(folder)))
    expect(seen.length).toBeGreaterThan(30)
    expect(new Set(seen).size).toBe(seen.length)
    const { book, store } = (await openBook(folder))()
    const greatest = new Map([...book.lanes()].map(({ offerId, lane, signed }) => [`${offerId}:${lane}`, signed]))
    for (const line of seen) {
      const [offerId, lane, amount] = line.split(' ')
      expect(greatest.get(`${offerId}:${lane}`)).toBeGreaterThanOrEqual(BigInt(amount ?? 0))
    }
    store.close()
  })
})

/** Vouchers that a process printed, as it would have sent them, until it was killed. */
async function killedWhileSigning(folder: string): Promise<string[]> {
  const script = fileURLToPath(new URL('../testing/signForever.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === 20) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return lines
}
