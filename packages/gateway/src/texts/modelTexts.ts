import { readFile } from 'node:fs/promises'
import {
  type OpenTextCodecParameters,
  openTextCodecInWorker,
  type TextCodec,
  type TextToEncode,
} from '@stoa/engine/codec'
import { decodeGenerationFile, GENERATION_FILE, type GenerationFile } from '@stoa/protocol'
import { TokenizerUnavailableError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import { keyOf } from '../rerun/boughtAnswer.ts'
import type { FetchTextFiles } from './fetchTextFiles.ts'

/** Opened tokenizers that are kept for the next call; more would hold memory that nothing asks for. */
const MAX_OPEN = 4
/** Milliseconds for opening a tokenizer, and for one question to it. */
const TEXTS_MS = 15_000

/**
 * The texts of models whose requests are tokens: the gateway makes the ids, and reads them, itself (specs/gateway-http.md, "Texts"). All of these throw
 * `TokenizerUnavailableError`.
 */
export type ModelTexts = {
  /** What a generating model says of itself. */
  factsOf(model: ListedModel): Promise<GenerationFile>
  /** Ids of each text, without those that stand before every text. */
  encode(model: ListedModel, texts: readonly TextToEncode[]): Promise<Uint32Array[]>
  /** Text of ids that go on from others. */
  decode(model: ListedModel, ids: Uint32Array): Promise<string>
  /** Ids of tokens are below it. */
  sizeOf(model: ListedModel): Promise<number>
  /** Ends all threads without waiting for what they do. */
  close(): void
}

export type ModelTextsParameters = { fetchFiles: FetchTextFiles; open?: typeof openTextCodecInWorker; textsMs?: number }

type Opened = { readonly codec: Promise<TextCodec>; readonly thread: AbortController }

/** Tokenizers of other people, each in a thread of its own, which ends with the first question that takes too long. */
export function modelTexts({
  fetchFiles,
  open = openTextCodecInWorker,
  textsMs = TEXTS_MS,
}: ModelTextsParameters): ModelTexts {
  const facts = new Map<string, Promise<GenerationFile>>()
  const opened = new Map<string, Opened>()
  const end = (key: string, thread: AbortController, reason: string) => {
    if (opened.get(key)?.thread === thread) opened.delete(key)
    thread.abort(new Error(reason))
  }
  const within = async <T>(work: Promise<T>, key: string, thread: AbortController): Promise<T> => {
    const timer = setTimeout(() => end(key, thread, `it takes longer than ${textsMs / 1000} s`), textsMs)
    try {
      return await work
    } finally {
      clearTimeout(timer)
    }
  }
  const factsOf = (model: ListedModel): Promise<GenerationFile> => {
    const key = keyOf(model)
    const known = facts.get(key) ?? readFacts(model, fetchFiles)
    facts.set(key, known)
    // What failed is tried again by the next call.
    known.catch(() => facts.delete(key))
    return known
  }
  const fileOf = async (model: ListedModel): Promise<OpenTextCodecParameters> => {
    const fetched = async (file: string) => (await fetchFiles(model, [file]))[file] ?? ''
    if (model.card.task === 'embedding') return { file: 'vocab.json', path: await fetched('vocab.json') }
    const { vocabulary } = await factsOf(model)
    return { file: 'tokenizer.json', path: await fetched('tokenizer.json'), vocabulary }
  }
  const start = (model: ListedModel): Opened => {
    const key = keyOf(model)
    const thread = new AbortController()
    const codec = fileOf(model).then((file) => within(open(file, { signal: thread.signal }), key, thread))
    codec.catch(() => {
      if (opened.get(key)?.thread === thread) opened.delete(key)
    })
    return { codec, thread }
  }
  const take = (model: ListedModel): Opened => {
    const key = keyOf(model)
    const own = opened.get(key) ?? start(model)
    // Last in the map: the first is the one that was not asked for longest.
    opened.delete(key)
    opened.set(key, own)
    for (const [oldest, { thread }] of opened) if (opened.size > MAX_OPEN) end(oldest, thread, 'another is asked for')
    return own
  }
  const ask = async <T>(
    model: ListedModel,
    question: (codec: TextCodec) => Promise<T>,
    { retry = true } = {},
  ): Promise<T> => {
    const { codec, thread } = take(model)
    try {
      return await within(question(await codec), keyOf(model), thread)
    } catch (error) {
      if (error instanceof TokenizerUnavailableError) throw error
      const details = error instanceof Error ? error.message : String(error)
      throw new TokenizerUnavailableError(model.name, "its tokenizer can't be used", { details, retry, cause: error })
    }
  }
  return {
    factsOf,
    encode: (model, texts) => ask(model, (codec) => codec.encode(texts)),
    // What is read has been paid for: a program that repeats its call by itself would pay again.
    decode: (model, ids) => ask(model, (codec) => codec.decode(ids), { retry: false }),
    sizeOf: (model) => ask(model, (codec) => codec.size()),
    close() {
      for (const [key, { thread }] of opened) end(key, thread, 'the gateway closes')
    },
  }
}

async function readFacts(model: ListedModel, fetchFiles: FetchTextFiles): Promise<GenerationFile> {
  const { [GENERATION_FILE]: path = '' } = await fetchFiles(model, [GENERATION_FILE])
  try {
    return decodeGenerationFile(await readFile(path))
  } catch (cause) {
    throw new TokenizerUnavailableError(model.name, `its ${GENERATION_FILE} can't be used`, { cause })
  }
}
