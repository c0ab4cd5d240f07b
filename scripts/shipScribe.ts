/**
 * Makes the language model that comes with Stoa from its trained weights: `apps/cli/assets/scribe/`, an exact model
 * (specs/generation.md). Run again when `models/stoa-scribe/` changed.
 *
 *     node scripts/shipScribe.ts
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openCheckpoint } from '@stoa/engine/checkpoints'
import { FORMULAS_FILE } from '@stoa/engine/exact'
import { formulasOfModel } from '@stoa/engine/inference'
import { quantizeLlama } from '@stoa/engine/llama'
import { ROOT } from './lib/runCommand.ts'

const from = join(ROOT, 'models/stoa-scribe')
const to = join(ROOT, 'apps/cli/assets/scribe')

await using checkpoint = await openCheckpoint(from)
const text = await readFile(join(from, 'heldout.txt'), 'utf8')
// The model was trained on texts that each begin with the token that ends them.
const begin = checkpoint.ends.slice(0, 1)
const { bytes, generation } = await quantizeLlama({ checkpoint, calibration: { text }, begin })
await mkdir(to, { recursive: true })
await writeFile(join(to, 'model.onnx'), bytes)
await writeFile(join(to, 'generation.bin'), generation)
await writeFile(join(to, FORMULAS_FILE), formulasOfModel('generate', { 'model.onnx': bytes }))
await copyFile(join(from, 'tokenizer.json'), join(to, 'tokenizer.json'))
console.log(`${bytes.length} bytes`)
