import { readFile } from 'node:fs/promises'
import { InvalidCheckpointError } from '../checkpoints/errors.ts'
import { parseJson } from '../checkpoints/parseJson.ts'
import { fromTokenizerJson } from '../checkpoints/tokenizers/fromTokenizerJson.ts'
import { createStreamDecoder, type Tokenizer, UnknownTokenError } from '../text/index.ts'
import type { TextCodec } from './textCodec.ts'

export type OpenTextCodecParameters = {
  /** Absolute path of the bundle's `tokenizer.json`. */
  path: string
  /** How many ids the model knows: a tokenizer with others is refused. */
  vocabulary: number
}

/**
 * Opens a tokenizer in this thread. A stranger's file can take long to open: servers use `openTextCodecInWorker`. Throws `InvalidCheckpointError`,
 * `UnsupportedCheckpointError` or `InvalidTokenizerError` for a file that is no tokenizer of the model's.
 */
export async function openTextCodec({ path, vocabulary }: OpenTextCodecParameters): Promise<TextCodec> {
  const file = 'tokenizer.json'
  const tokenizer = fromTokenizerJson(parseJson(await readFile(path), file), file)
  if (tokenizer.size > vocabulary)
    throw new InvalidCheckpointError(file, `it has ids up to ${tokenizer.size - 1}, the model knows ${vocabulary}`)
  return {
    size: async () => tokenizer.size,
    encode: async (texts) => texts.map(({ text, ...options }) => tokenizer.encode(text, options)),
    decode: async (ids) => textOf(tokenizer, ids),
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
