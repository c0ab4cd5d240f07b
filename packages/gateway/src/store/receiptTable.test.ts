import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from '@stoa/protocol'
import { numberToHex } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStore, type Store } from './openStore.ts'
import { type KeptReceipt, pageOf, type ReceiptTable, receiptTable } from './receiptTable.ts'

let folder: string
let store: Store
let table: ReceiptTable

const word = (n: number, size = 32): Hex => numberToHex(BigInt(n), { size })
const MODELS = ['reader', 'writer', 'rare']

/** The n-th of many receipts: the rare model answered once, long ago. */
function kept(n: number): KeptReceipt {
  const model = n === 3 ? 'rare' : (MODELS[n % 2] ?? 'reader')
  const receipt = {
    ...{ version: 1 as const, offerId: word(1 + (n % 7)), payer: word(9, 20), lane: 1n, voucherCumulative: 10n },
    ...{ weightsDigest: word(n), requestDigest: word(n + 1), responseDigest: word(n + 2), units: 1n, charge: 1n },
    ...{ chargedCumulative: 1n, requestedAt: 1, answeredAt: 2, signature: new Uint8Array(64) },
  }
  return { digest: word(1_000 + n), provider: word(1 + (n % 3), 20), model, proofKind: 'exact', receipt, voucher: 'v' }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-receipts-'))
  store = openStore({ folder, durability: 'normal', owner: 'test' })
  table = receiptTable(store)
  store.transaction(() => {
    for (let n = 0; n < 500; n++) table.insert(kept(n))
  })
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const queries = [
  {},
  { model: 'reader' },
  { model: 'rare' },
  { model: 'none' },
  { offerId: word(2) },
  { provider: word(2, 20) },
  { offerId: word(2), provider: word(2, 20), model: 'writer' },
]

it.each(queries)('pages through the receipts of %o, newest first, each once', (query) => {
  const all = Array.from({ length: 500 }, (_, n) => kept(n))
    .reverse()
    .filter(
      ({ model, provider, receipt }) =>
        model === (query.model ?? model) &&
        provider === (query.provider ?? provider) &&
        receipt.offerId === (query.offerId ?? receipt.offerId),
    )
  const found: Hex[] = []
  for (let after: Hex | undefined; ; ) {
    const page = table.list({ ...query, ...(after && { after }), limit: 100 })
    found.push(...page.receipts.map(({ digest }) => digest))
    if (!page.hasMore) break
    after = found.at(-1)
  }
  expect(found).toEqual(all.map(({ digest }) => digest))
})

it.each([
  [['offer']],
  [['provider']],
  [['model']],
  [['after']],
  [['after', 'model']],
  [['after', 'offer', 'provider', 'model']],
])('looks at no more receipts than it tells where %o is given', (given) => {
  const plan = store.db.prepare(`EXPLAIN QUERY PLAN ${pageOf(given)}`).all() as { detail: string }[]
  const steps = plan.map(({ detail }) => detail)
  expect(steps.filter((step) => step.startsWith('SCAN') || step.includes('TEMP B-TREE'))).toEqual([])
  expect(steps.some((step) => step.startsWith('SEARCH receipts'))).toBe(true)
})
