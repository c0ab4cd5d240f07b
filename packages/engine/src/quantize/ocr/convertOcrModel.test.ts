import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadExactGraph } from '../../exact/profile/index.ts'
import { InvalidModelError } from '../../inference/errors.ts'
import { ocrFiles } from '../../inference/ocr/testing/ocrFiles.ts'
import { readOnnxModel, writeOnnxModel } from '../../onnx/index.ts'
import { InvalidPlanError } from '../errors.ts'
import { compareAnswers } from '../report/compareAnswers.ts'
import { type ConvertOcrModelReturnType, convertOcrModel } from './convertOcrModel.ts'
import { convertOcrNetwork } from './convertOcrNetwork.ts'
import { OCR_NETWORKS } from './ocrNetworks.ts'

const packageDir = dirname(dirname(ocrFiles()['det.onnx']))

let folder = ''
let files: ConvertOcrModelReturnType

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-ocr-'))
  files = await convertOcrModel({ packageDir, outDir: join(folder, 'new') })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the ledger commits to. A change of the converter that changes them makes a new model. */
const DIGESTS = {
  'det.onnx': '47502bc5339050786e1487c89f741e69bffe489f996d372dd53359e92d1a980e',
  'rec.onnx': 'f2327b367fd01465bccb420cb87bf69dd0678e9d9a2ac8c534d1c8703f08a757',
  'keys.txt': '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
  'formulas.bin': '8e2dd5aa953e6388742287f3190bcf17e84fad3d67f5b1fa66ce72350bd755e3',
}

test('the files are the same bytes on every machine, and proved', async () => {
  for (const [name, path] of Object.entries(files)) {
    const bytes = await readFile(path)
    const digest = createHash('sha256').update(bytes).digest('hex')
    expect([name, digest]).toEqual([name, DIGESTS[name as keyof typeof DIGESTS]])
    if (name.endsWith('.onnx')) loadExactGraph(bytes)
  }
})

test('the classifier converts as well, and decides as its float does', async () => {
  const { file, input, output } = OCR_NETWORKS.cls
  const bytes = await readFile(join(packageDir, 'assets', file))
  const exact = await convertOcrNetwork(bytes, OCR_NETWORKS.cls)
  loadExactGraph(writeOnnxModel(exact))
  const samples = [2, 3, 5, 7].map((gap) => new Map([['x', strokes(gap)]]))
  const float = readOnnxModel(bytes)
  const cut = { ...float, outputs: [{ name: output, type: 'f32' as const, dims: undefined }] }
  const inputs = new Map([['x', input]])
  const { agreement } = await compareAnswers({ model: cut, quantized: { model: exact }, inputs, samples })
  expect(agreement).toBe(1)
})

/** Dark strokes of two heights on white, which stand on one line like letters. */
function strokes(gap: number) {
  const data = new Float32Array(3 * 48 * 192).fill(1)
  for (let x = 8; x < 180; x += 2 * gap + 3) {
    for (let y = x % 4 === 0 ? 8 : 18; y < 38; y++) {
      for (let plane = 0; plane < 3; plane++)
        data.fill(-1, (plane * 48 + y) * 192 + x, (plane * 48 + y) * 192 + x + gap)
    }
  }
  return { type: 'float32' as const, dims: [1, 3, 48, 192], data }
}

test('files that are missing, or others, are refused', async () => {
  await expect(convertOcrModel({ packageDir: folder, outDir: folder })).rejects.toThrow(InvalidModelError)
  await expect(convertOcrNetwork(new Uint8Array(4), OCR_NETWORKS.det)).rejects.toThrow(InvalidPlanError)
})
