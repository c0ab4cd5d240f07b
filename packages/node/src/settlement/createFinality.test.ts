import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from '@stoa/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NodeEvent } from '../events.ts'
import { openPayments } from '../payments/openPayments.ts'
import type { Payments } from '../payments/payments.ts'
import { CHAIN_ID, ESCROW, PROVIDER_REGISTRY } from '../testing/market.ts'
import { createFinality } from './createFinality.ts'

const LANE = { payer: `0x${'aa'.repeat(20)}`, offerId: `0x${'0f'.repeat(32)}`, lane: 1n } as const
const DEPTH = 5

let folder: string
let payments: Payments
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
  payments = await openPayments({
    ...{ folder, durability: 'normal', chainId: CHAIN_ID, escrow: ESCROW, providerRegistry: PROVIDER_REGISTRY },
    ...{ offers: [], signerKey: new Uint8Array(32).fill(7), refreshSeconds: 10, staleSeconds: 100 },
    terms: { intervalSeconds: 600, maxVoucherValidity: 86_400 },
    isOpen: async () => true,
    readPayer: () => Promise.reject(new Error('nobody buys')),
  })
  const voucher = {
    maxCumulative: 900n,
    validUntil: 2 ** 40,
    signature: new Uint8Array(64),
    digest: new Uint8Array(32),
  }
  payments.store.takeUpLane({ ...LANE, voucher, charged: 300n, answeredAt: 1 })
})
afterEach(() => {
  payments.store.close()
  rmSync(folder, { recursive: true })
})

/** The chain confirms that the lane is settled so far, in a transaction of `block`. */
function settle(settled: bigint, block: bigint): void {
  const hash: Hex = `0x${block.toString(16).padStart(64, '0')}`
  const lanes = [{ ...LANE, settled, cumulative: settled, calls: 1, claimedAt: 1 }]
  payments.store.recordSettlement({ hash, block, confirmedAt: 1, gasUsed: 1n, lanes, paid: settled })
}

test('what is settled while the chain is asked is neither final nor taken back by the older answer', async () => {
  const { store } = payments
  const events: NodeEvent[] = []
  const chain = { head: 0n, settled: 0n, meanwhile: () => {} }
  const finality = createFinality({
    payments,
    depth: DEPTH,
    head: async () => ({ number: chain.head, hash: `0x${chain.head.toString(16).padStart(64, '0')}` }),
    channelsAt: async (lanes) => {
      const { settled } = chain
      chain.meanwhile()
      return lanes.map((lane) => ({ ...lane, settled, ceiling: 900n, locked: 0n, lockedUntil: 0 }))
    },
    logger: (event) => events.push(event),
  })

  settle(100n, 10n)
  Object.assign(chain, { head: 20n, settled: 100n, meanwhile: () => settle(200n, 21n) })
  await finality.check()
  expect(events).toEqual([])
  expect(store.provisionalLanes(9)).toMatchObject([{ ...LANE, block: 21n }])

  // The second settlement goes with its block.
  Object.assign(chain, { head: 22n, settled: 100n, meanwhile: () => {} })
  await finality.check()
  expect(events).toMatchObject([{ event: 'settlement-reverted', lostWei: 100n }])
  expect(store.findLane(LANE)).toMatchObject({ settled: 100n, unsettledSince: 1 })
})
