import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BundleFile, bytesToHex, merkleRoot, type Receipt, type Tensor, tensorsDigest } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPagePlayer } from './pagePlayer.ts'
import { tinyPage } from './testing/tinyPage.ts'

const { contents, request } = tinyPage()

let folder: string
let files: Record<string, string>
let bundle: BundleFile[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-page-player-'))
  const all = Object.entries(contents)
  for (const [name, bytes] of all) await writeFile(join(folder, name), bytes)
  files = Object.fromEntries(all.map(([name]) => [name, join(folder, name)]))
  bundle = all.map(([path, bytes]) => ({ path, bytes: bytes.length, root: bytesToHex(merkleRoot(bytes)) }))
})
afterAll(() => rm(folder, { recursive: true }))

const zero = `0x${'00'.repeat(32)}` as const
const receiptFor = (response: readonly Tensor[]): Receipt => ({
  ...{ version: 1, offerId: zero, payer: `0x${'00'.repeat(20)}`, lane: 0n, voucherCumulative: 1n },
  ...{ weightsDigest: zero, requestDigest: tensorsDigest(request), responseDigest: tensorsDigest(response) },
  ...{ units: 1n, charge: 1n, chargedCumulative: 1n, requestedAt: 0, answeredAt: 0 },
})
const open = (response: readonly Tensor[]) =>
  openPagePlayer({
    ...{ task: 'ocr', files, bundle, request, response, receipt: receiptFor(response), threads: 1 },
    signature: `0x${'00'.repeat(64)}`,
  })

test('a player knows a wrong answer, and what to show of the request', async () => {
  const player = await open([])
  expect(await player.answeredRight()).toBe(false)
  expect(await player.complaint()).toMatchObject({ complain: 'challenge', stage: { place: 0, opening: { of: 'ocr' } } })
  await player.close()
})

test('needs formulas that are the graphs’', async () => {
  await writeFile(join(folder, 'formulas.bin'), Uint8Array.of(1, 0))
  await expect(open([])).rejects.toThrow('formulas.bin')
})
