import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BundleFile, bytesToHex, merkleRoot, type Receipt, type Tensor, tensorsDigest } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { formulasFile, formulasOf } from '../../formula/index.ts'
import { loadExactGraph } from '../../profile/index.ts'
import { barsPage } from '../testing/barsPage.ts'
import { TINY_KEYS, tinyDetector, tinyRecogniser } from '../testing/tinyGraphs.ts'
import { openPagePlayer } from './pagePlayer.ts'

const contents = {
  'det.onnx': writeOnnxModel(tinyDetector()),
  'rec.onnx': writeOnnxModel(tinyRecogniser()),
  'keys.txt': new TextEncoder().encode(`${TINY_KEYS.join('\n')}\n`),
}
const { width, height, data } = barsPage()
const request: Tensor[] = [{ name: 'image', dtype: 'u8', dims: [1, height, width, 3], data }]

let folder: string
let files: Record<string, string>
let bundle: BundleFile[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-page-player-'))
  const rootOf = (name: 'det.onnx' | 'rec.onnx') => formulasOf(loadExactGraph(contents[name])).root
  const commitments = formulasFile(
    new Map([
      ['det.onnx', rootOf('det.onnx')],
      ['rec.onnx', rootOf('rec.onnx')],
    ]),
  )
  const all = Object.entries({ ...contents, 'formulas.bin': commitments })
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
