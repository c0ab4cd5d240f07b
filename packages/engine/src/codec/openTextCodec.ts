import { readFile } from 'node:fs/promises'
import { InvalidCheckpointError } from '../checkpoints/errors.ts'
import { parseJson } from '../checkpoints/parseJson.ts'
import { fromTokenizerJson } from '../checkpoints/tokenizers/fromTokenizerJson.ts'
import {
  createStreamDecoder,
  createUnigram,
  NO_PIECES,
  parseVocabulary,
  type Tokenizer,
  UnknownTokenError,
} from '../text/index.ts'
import type { TextCodec } from './textCodec.ts'

export type OpenTextCodecParameters =
  | {
      readonly file: 'tokenizer.json'
      /** Absolute path. */
      readonly path: string
      /** How many ids the model knows: a tokenizer with others is refused. */
      readonly vocabulary: number
    }
  | { readonly file: 'vocab.json'; readonly path: string }

/**
 * Opens a tokenizer in this thread: `tokenizer.json` of a generating model, or `vocab.json` of one that embeds texts. A stranger's file can take long to open:
 * servers use `openTextCodecInWorker`. Throws `InvalidCheckpointError`, `UnsupportedCheckpointError` or `InvalidTokenizerError` for a file that is no tokenizer
 * of the model's.
 */
export async function openTextCodec(parameters: OpenTextCodecParameters): Promise<TextCodec> {
  const bytes = await readFile(parameters.path)
  return parameters.file === 'vocab.json' ? unigramCodec(bytes) : bpeCodec(bytes, parameters.vocabulary)
}

function bpeCodec(bytes: Uint8Array, vocabulary: number): TextCodec {
  const file = 'tokenizer.json'
  const tokenizer = fromTokenizerJson(parseJson(bytes, file), file)
  if (tokenizer.size > vocabulary)
    throw new InvalidCheckpointError(file, `it has ids up to ${tokenizer.size - 1}, the model knows ${vocabulary}`)
  return {
    size: async () => tokenizer.size,
    encode: async (texts) => texts.map(({ text, ...options }) => tokenizer.encode(text, options)),
    decode: async (ids) => textOf(tokenizer, ids),
    close: async () => {},
  }
}

/** Pieces have no special tokens. A text without pieces has an id of its own (specs/tasks.md, "embedding"). */
function unigramCodec(bytes: Uint8Array): TextCodec {
  const vocabulary = parseVocabulary(new TextDecoder().decode(bytes))
  const unigram = createUnigram(vocabulary)
  const { pieces } = vocabulary
  return {
    size: async () => pieces.length,
    encode: async (texts) =>
      texts.map(({ text }) => {
        const ids = unigram.encode(text)
        return ids.length > 0 ? Uint32Array.from(ids) : Uint32Array.of(NO_PIECES)
      }),
    decode: async (ids) => unigram.decode(ids),
    close: async () => {},
  }
}

function textOf(tokenizer: Tokenizer, ids: Uint32Array): string {
  const decoder = createStreamDecoder(tokenizer, { continues: true })
  const shown = (id: number): string => {
    try {
      return decoder.push([id])
    } catch (error) {
      // Models have rows of which no text was ever made.
      if (error instanceof UnknownTokenError) return ''
      throw error
    }
  }
  return Array.from(ids, shown).join('')
}
