import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { decodeImage, type ListedModel, type StoaGateway } from '@stoa/gateway'
import { BaseError, inferRequest, type ModelCard, readOutsideJson, type Tensor, tensorFromJson } from '@stoa/protocol'
import { z } from 'zod'
import { SAMPLE_IMAGE } from '../boot/buyFirstAnswer.ts'
import { CommandError } from '../errors.ts'
import { stripOf } from '../strips/stripOf.ts'

type Texts = Pick<StoaGateway, 'textRequest'>

/** Something that a watcher may ask: of one model, or of any that does the task. */
export type WatchRequest = {
  fits(model: Pick<ListedModel, 'name' | 'card'>): boolean
  /** As tensors; of a text, by the model's own tokenizer. */
  tensors(gateway: Texts, model: string): Promise<readonly Tensor[]>
}

const ofModel = (name: string, request: readonly Tensor[]): WatchRequest => ({
  fits: (model) => model.name === name,
  tensors: async () => request,
})
const does =
  (tasks: readonly ModelCard['task'][]): WatchRequest['fits'] =>
  ({ card }) =>
    tasks.includes(card.task)
const picture = (image: Tensor): WatchRequest => ({ fits: does(['ocr']), tensors: async () => [image] })
const text = (words: string, tasks: readonly ModelCard['task'][] = ['generate', 'embedding']): WatchRequest => ({
  fits: does(tasks),
  tensors: (gateway, model) => gateway.textRequest(model, words),
})

const fileSchema = inferRequest.pick({ inputs: true }).extend({ model: z.string().min(1) })
const PICTURES = ['.png', '.jpg', '.jpeg', '.webp']
const KINDS = ['.json', '.txt', ...PICTURES]

/**
 * Reads what to ask from a file or a folder of them: `.json`, `{ "model", "inputs" }` as `POST /v2/models/<model>/infer` takes them; pictures, for any model that reads
 * text in them; `.txt`, each line for any model that generates or embeds texts. Throws `CommandError` that names a file which is none.
 */
export async function readRequests(path: string): Promise<WatchRequest[]> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandError(`${path} can't be read: ${cause.code}.`, { hint: 'Give a file, or a folder of them.' })
  })
  const isKnown = (name: string) => KINDS.includes(extname(name).toLowerCase())
  const files = found.isDirectory() ? (await readdir(path)).filter(isKnown).map((name) => join(path, name)) : [path]
  const requests = (await Promise.all(files.sort().map(readFileOf))).flat()
  if (requests.length === 0)
    throw new CommandError(`${path} holds nothing to ask.`, { hint: `Files end in ${KINDS.join(', ')}.` })
  return requests
}

async function readFileOf(file: string): Promise<WatchRequest[]> {
  const kind = extname(file).toLowerCase()
  try {
    const bytes = await readFile(file)
    if (PICTURES.includes(kind)) return [picture(await decodeImage(bytes))]
    if (kind === '.txt') return linesOf(bytes.toString('utf8')).map((line) => text(line))
    const read = readOutsideJson(fileSchema, bytes, 'It')
    if (!read.success) throw new BaseError(read.words)
    return [ofModel(read.data.model, read.data.inputs.map(tensorFromJson))]
  } catch (error) {
    throw new CommandError(`${file} is no request.`, {
      details: error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error),
      hint: 'It must be { "model": name, "inputs": [{ "name", "shape", "datatype", "data" }] }, a picture, or lines of text.',
    })
  }
}

const linesOf = (words: string): string[] => words.split('\n').flatMap((line) => line.trim() || [])

/** Lines of the bill that ships with Stoa, in its pixels: left, top, width, height. */
const LINES = [
  ...[
    [229, 84, 441, 36],
    [269, 124, 362, 28],
    [190, 180, 78, 28],
    [497, 180, 213, 28],
    [190, 236, 176, 30],
  ],
  ...[
    [656, 236, 54, 30],
    [190, 268, 181, 30],
    [190, 300, 163, 30],
    [190, 394, 160, 36],
    [608, 392, 112, 38],
    [222, 485, 455, 28],
  ],
] as const

/** What a text goes on from: in the form that the shipped language model was trained on, which others take too. */
const PROMPTS = [
  'Q: Who are you?\nA:',
  'Q: What is the capital of France?\nA:',
  'Q: How do bees make honey?\nA:',
  'The ship left the harbour before dawn, and',
  'When she opened the old box she found',
  'In the winter of that year the river',
]
const SENTENCES = [
  'Philosophers taught in the open.',
  'The invoice is due at the end of the month.',
  'How do I change the tyre of a bicycle?',
  'Rain is expected in the north tomorrow.',
  'Two tickets to the evening concert, please.',
  'The contract ends without notice in June.',
]

/** Requests for what ships with Stoa and is judged: a bill and its lines, prompts, which are gone on with from new seeds each time, and sentences. */
export async function builtInRequests(): Promise<WatchRequest[]> {
  const bill = picture(await decodeImage(await readFile(SAMPLE_IMAGE)))
  const lines = LINES.map(async ([left = 0, top = 0, width = 0, height = 0]) =>
    ofModel('stoa/line', [await stripOf(SAMPLE_IMAGE, { left, top, width, height })]),
  )
  const prompts = PROMPTS.map((words) => text(words, ['generate']))
  const sentences = SENTENCES.map((words) => text(words, ['embedding']))
  return [bill, ...(await Promise.all(lines)), ...prompts, ...sentences]
}
