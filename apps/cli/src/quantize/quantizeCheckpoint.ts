import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { openCheckpoint } from '@stoa/engine/checkpoints'
import { loadExactGraph } from '@stoa/engine/exact'
import { quantizeLlama } from '@stoa/engine/llama'
import { FORMULAS_FILE } from '@stoa/protocol'
import { CommandError } from '../errors.ts'
import type { Printer } from '../output/printer.ts'
import { refuseOverwrite } from '../output/refuseOverwrite.ts'
import { writeFormulas } from './writeFormulas.ts'

export type QuantizeCheckpointOptions = { calibrate: string; out?: string; force?: boolean }

/** Turns a Llama-like checkpoint, a folder or a .gguf file, into the files of an exact model that generates. Throws `OutputExistsError` before it begins. */
export async function quantizeCheckpoint(
  printer: Printer,
  path: string,
  { calibrate, out = `${basename(path, '.gguf')}.exact`, force = false }: QuantizeCheckpointOptions,
): Promise<void> {
  refuseOverwrite(
    ['model.onnx', 'generation.bin', FORMULAS_FILE].map((name) => join(out, name)),
    { option: '--out', force },
  )
  const text = await readFile(calibrate, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`${calibrate} can't be read.`, {
      hint: 'Give a text file with some thousand words like those that the model will read.',
      cause,
    })
  })
  await using checkpoint = await openCheckpoint(path)
  const { bytes, generation } = await printer.step(
    'quantize',
    () => quantizeLlama({ checkpoint, calibration: { text } }),
    (model) => `${(model.bytes.length / 1e6).toFixed(1)} MB`,
  )
  await printer.step(
    'prove',
    async () => loadExactGraph(bytes),
    () => 'nothing rounds unless it says so',
  )
  await mkdir(out, { recursive: true })
  await writeFile(join(out, 'model.onnx'), bytes)
  await writeFile(join(out, 'generation.bin'), generation)
  const files = [
    'model.onnx',
    'generation.bin',
    ...(await writeFormulas(printer, { out, task: 'generate', model: bytes })),
  ]
  // A GGUF file holds its tokenizer, and a folder may have SentencePiece's tokenizer.model alone.
  const copied = await copyFile(join(path, 'tokenizer.json'), join(out, 'tokenizer.json')).then(
    () => true,
    () => false,
  )
  if (copied) files.push('tokenizer.json')
  const missing = copied ? '' : '; put its tokenizer.json beside it'
  printer.result({ out, files }, `Written to ${out}: ${files.join(', ')}${missing}`)
}
