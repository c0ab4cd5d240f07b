import { join } from 'node:path'
import type { Tokenizer } from '../../text/tokenizer.ts'
import { fileExists, readSmallFile } from '../byteFile.ts'
import { UnsupportedCheckpointError } from '../errors.ts'
import { fieldsOf } from '../fields.ts'
import { parseJson } from '../parseJson.ts'
import { fromSentencePieceModel } from '../tokenizers/fromSentencePieceModel.ts'
import { fromTokenizerJson } from '../tokenizers/fromTokenizerJson.ts'

const JSON_FILE = 'tokenizer.json'
const MODEL_FILE = 'tokenizer.model'
/** What the transformers library adds to a tokenizer.model. */
const CONFIG_FILE = 'tokenizer_config.json'
const ADDED_FILE = 'added_tokens.json'
const MAX_BYTES = 128 * 2 ** 20
const MAX_CONFIG_BYTES = 2 ** 24

/** Tokenizer of a model's folder: its tokenizer.json, else its tokenizer.model of SentencePiece. */
export async function openTokenizer(folder: string): Promise<Tokenizer> {
  const hasModelOnly = !(await fileExists(join(folder, JSON_FILE))) && (await fileExists(join(folder, MODEL_FILE)))
  if (!hasModelOnly) {
    return fromTokenizerJson(parseJson(await readSmallFile(join(folder, JSON_FILE), MAX_BYTES), JSON_FILE), JSON_FILE)
  }
  const bytes = await readSmallFile(join(folder, MODEL_FILE), MAX_BYTES)
  if (await fileExists(join(folder, ADDED_FILE))) refuse(ADDED_FILE, `tokens that ${MODEL_FILE} does not have`)
  if (!(await fileExists(join(folder, CONFIG_FILE)))) return fromSentencePieceModel(bytes, MODEL_FILE, { begins: true })

  const json = parseJson(await readSmallFile(join(folder, CONFIG_FILE), MAX_CONFIG_BYTES), CONFIG_FILE)
  const fields = fieldsOf(json, CONFIG_FILE)
  if (fields.flag('add_eos_token', false)) refuse(CONFIG_FILE, 'tokens after every text', 'add_eos_token')
  if (!fields.flag('add_prefix_space', true)) refuse(CONFIG_FILE, 'another blank before texts', 'add_prefix_space')
  const tokenizer = fromSentencePieceModel(bytes, MODEL_FILE, { begins: fields.flag('add_bos_token', true) })
  const added = fields.has('added_tokens_decoder') ? fields.fields('added_tokens_decoder').keys : []
  if (added.some((id) => Number(id) >= tokenizer.size)) {
    refuse(CONFIG_FILE, `tokens that ${MODEL_FILE} does not have`, 'added_tokens_decoder')
  }
  return tokenizer
}

function refuse(file: string, feature: string, key?: string): never {
  throw new UnsupportedCheckpointError(file, feature, {
    ...(key === undefined ? {} : { why: `in ${key}` }),
    hint: `Save a ${JSON_FILE} beside it: AutoTokenizer.from_pretrained(folder).save_pretrained(folder).`,
  })
}
