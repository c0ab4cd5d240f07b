import { readFile } from 'node:fs/promises'
import { openTextCodecInWorker, type TextCodec, type TextToEncode } from '@stoa/engine/codec'
import { decodeGenerationFile, GENERATION_FILE, type GenerationFile } from '@stoa/protocol'
import { TokenizerUnavailableError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import { keyOf } from '../rerun/boughtAnswer.ts'
import type { FetchTextFiles } from './fetchTextFiles.ts'

const TOKENIZER_FILE = 'tokenizer.json'

/** Opened tokenizers that are kept for the next call; more would hold memory that nothing asks for. */
const MAX_OPEN = 4
/** Milliseconds for opening a tokenizer, and for one question to it. */
const TEXTS_MS = 15_000

/** The texts of models whose answers are tokens: the gateway makes the ids, and reads them, itself (specs/generation.md). */
export type ModelTexts = {
  /** What a generating model says of itself. Throws `TokenizerUnavailableError`, as all of these do. */
  factsOf(model: ListedModel): Promise<GenerationFile>
  encode(model: ListedModel, text: TextToEncode): Promise<Uint32Array>
  decode(model: ListedModel, ids: Uint32Array): Promise<string>
  /** Ends all threads without waiting for what they do. */
  close(): void
}

export type ModelTextsParameters = { fetchFiles: FetchTextFiles; open?: typeof openTextCodecInWorker; textsMs?: number }

type Opened = { codec: Promise<TextCodec>; thread: AbortController }

/** Tokenizers of other people, each in a thread of its own, which ends with the first question that takes too long. */
export function modelTexts({
  fetchFiles,
  open = openTextCodecInWorker,
  textsMs = TEXTS_MS,
}: ModelTextsParameters): ModelTexts {
  const facts = new Map<string, Promise<GenerationFile>>()
  const opened = new Map<string, Opened>()
  const end = (key: string, reason: unknown) => {
    const own = opened.get(key)
    opened.delete(key)
    own?.thread.abort(reason)
  }
  const factsOf = (model: ListedModel): Promise<GenerationFile> => {
    const key = keyOf(model)
    const known = facts.get(key) ?? readFacts(model, fetchFiles)
    facts.set(key, known)
    // What failed is tried again by the next call.
    known.catch(() => facts.delete(key))
    return known
  }
  const start = (model: ListedModel): Opened => {
    const key = keyOf(model)
    const thread = new AbortController()
    const codec = factsOf(model).then(async ({ vocabulary }) => {
      const { [TOKENIZER_FILE]: path = '' } = await fetchFiles(model, [TOKENIZER_FILE])
      return within(open({ path, vocabulary }, { signal: thread.signal }), thread)
    })
    codec.catch(() => {
      if (opened.get(key)?.codec === codec) opened.delete(key)
    })
    return { codec, thread }
  }
  const take = (model: ListedModel): Opened => {
    const key = keyOf(model)
    const own = opened.get(key) ?? start(model)
    // Last in the map: the first is the one that was not asked for longest.
    opened.delete(key)
    opened.set(key, own)
    for (const oldest of opened.keys()) if (opened.size > MAX_OPEN) end(oldest, new Error('another is asked for'))
    return own
  }
  const within = async <T>(work: Promise<T>, thread: AbortController): Promise<T> => {
    const timer = setTimeout(() => thread.abort(new Error(`it takes longer than ${textsMs / 1000} s`)), textsMs)
    try {
      return await work
    } finally {
      clearTimeout(timer)
    }
  }
  const ask = async <T>(
    model: ListedModel,
    question: (codec: TextCodec) => Promise<T>,
    { retry }: { retry: boolean },
  ): Promise<T> => {
    const { codec, thread } = take(model)
    try {
      return await within(question(await codec), thread)
    } catch (error) {
      if (thread.signal.aborted) opened.delete(keyOf(model))
      if (error instanceof TokenizerUnavailableError) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new TokenizerUnavailableError(model.name, "its tokenizer can't be used", {
        details: why,
        retry,
        cause: error,
      })
    }
  }
  return {
    factsOf,
    encode: (model, text) =>
      ask(model, async (codec) => (await codec.encode([text]))[0] ?? new Uint32Array(), { retry: true }),
    // What is read has been paid for: a program that repeats its call by itself would pay again.
    decode: (model, ids) => ask(model, (codec) => codec.decode(ids), { retry: false }),
    close() {
      for (const key of [...opened.keys()]) end(key, new Error('the gateway closes'))
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
