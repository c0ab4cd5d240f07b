import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { loadExactGraph } from '@stoa/engine/exact'
import {
  drawReport,
  encodePlan,
  measureQuantization,
  quantizeModel,
  readOnnxModel,
  renderReport,
  writeOnnxModel,
} from '@stoa/engine/quantize'
import { FORMULAS_FILE, readOutsideJson } from '@stoa/protocol'
import { z } from 'zod'
import { CommandError } from '../errors.ts'
import { refuseOverwrite } from '../output/refuseOverwrite.ts'
import { inputForm } from '../quantize/inputForm.ts'
import { quantizeCheckpoint } from '../quantize/quantizeCheckpoint.ts'
import { readSamples } from '../quantize/readSamples.ts'
import { writeFormulas } from '../quantize/writeFormulas.ts'
import type { Context } from './context.ts'

export type QuantizeOptions = {
  calibrate: string
  labels?: string
  out?: string
  /** Whether files of an earlier run are written over. */
  force?: boolean
  output?: string
  mean: readonly [number, number, number]
  std: readonly [number, number, number]
  planes: 'rgb' | 'bgr'
  bits?: number
}

const WRITTEN = ['model.onnx', 'plan.json', 'report.json', 'report.svg'] as const

/** Turns a float .onnx file into an exact one, checks it, and says what it cost; or a checkpoint of a Llama-like model. Throws `OutputExistsError` before it begins. */
export async function quantize(
  { printer }: Pick<Context, 'printer'>,
  file: string,
  options: QuantizeOptions,
): Promise<void> {
  if (!file.endsWith('.onnx')) return quantizeCheckpoint(printer, file, options)
  const out = options.out ?? `${basename(file, '.onnx')}.exact`
  refuseOverwrite(
    [...WRITTEN, FORMULAS_FILE].map((name) => join(out, name)),
    { option: '--out', force: options.force ?? false },
  )
  const bytes = await readInput(file)
  const model = readOnnxModel(bytes)
  const [input, ...others] = model.inputs
  if (!input || others.length > 0) {
    throw new CommandError(`${file} has ${model.inputs.length} inputs.`, {
      hint: 'stoa quantize converts networks with one input; use quantizeModel of @stoa/engine/quantize for others.',
    })
  }
  const colours = coloursOf(options)
  const [, , height, width] = (input.dims ?? []).map((dim) => (typeof dim === 'number' && dim > 0 ? dim : undefined))
  const samples = await readSamples(options.calibrate, colours, { height, width })
  const feeds = samples.map(({ feed }) => new Map([[input.name, feed]]))
  const inputs = new Map([[input.name, inputForm(samples, input.dims, colours)]])
  const settings = {
    inputs,
    ...(options.output !== undefined && { outputs: [options.output] }),
    ...(options.bits !== undefined && { bits: options.bits }),
  }
  const quantized = await printer.step(
    'quantize',
    () => quantizeModel({ model, calibration: { samples: feeds }, options: settings }),
    () => `${samples.length} samples`,
  )
  const exact = writeOnnxModel(quantized.model)
  await printer.step(
    'prove',
    async () => loadExactGraph(exact),
    () => 'nothing rounds unless it says so',
  )
  const labels =
    options.labels === undefined
      ? undefined
      : await readLabels(
          options.labels,
          samples.map((sample) => sample.file),
        )
  const report = await printer.step('measure', () =>
    measureQuantization({ model, quantized, inputs, samples: feeds, ...(labels && { labels }) }),
  )
  await mkdir(out, { recursive: true })
  const plan = encodePlan(quantized.plan, createHash('sha256').update(bytes).digest('hex'))
  const files: Record<(typeof WRITTEN)[number], string | Uint8Array> = {
    'model.onnx': exact,
    'plan.json': `${JSON.stringify(plan)}\n`,
    'report.json': `${JSON.stringify(report, null, 2)}\n`,
    'report.svg': drawReport(report.layers),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(out, name), content)
  const written = [...Object.keys(files), ...(await writeFormulas(printer, { out, task: 'graph', model: exact }))]
  printer.result(
    { out, files: written, ...report },
    `${renderReport(report)}\n\nWritten to ${out}: ${written.join(', ')}`,
  )
}

function coloursOf({ mean, std, planes }: QuantizeOptions) {
  const each = <T>(fn: (channel: 0 | 1 | 2) => T): [T, T, T] => [fn(0), fn(1), fn(2)]
  return { scale: each((c) => 1 / std[c]), offset: each((c) => -mean[c] / std[c]), planes }
}

async function readInput(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new CommandError(`${file} can't be read.`, {
      code: 'UNREADABLE_FILE',
      hint: 'Give the path of an .onnx file.',
      cause,
    })
  })
}

const labelsSchema = z.record(z.string(), z.number().int().min(0))

/** The class of each sample, from a JSON file of classes by file name. */
async function readLabels(path: string, files: readonly string[]): Promise<number[]> {
  const hint = 'Give a JSON file such as {"cat.png": 3}, with a class for every sample.'
  const text = (await readInput(path)).toString()
  const read = readOutsideJson(labelsSchema, text, 'It')
  if (!read.success) throw new CommandError(`${path} does not hold labels.`, { details: read.words, hint })
  const labels = read.data
  return files.map((file) => {
    const label = labels[file]
    if (label === undefined) throw new CommandError(`${path} has no label for ${file}.`, { hint })
    return label
  })
}
