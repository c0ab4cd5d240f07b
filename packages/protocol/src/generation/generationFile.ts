import { BaseError } from '../errors.ts'

/** What a buyer must know to ask a generating model and to read its answer (specs/generation.md, "generation.bin"). Ids are of its vocabulary. */
export type GenerationFile = {
  /** How many ids the model knows, V: they are 0 to V − 1. */
  readonly vocabulary: number
  /** Most tokens of prompt and answer together, C. */
  readonly context: number
  /** Ids that stand before every text, in order. */
  readonly begin: readonly number[]
  /** Ids that end a text, ascending; at least one. */
  readonly ends: readonly number[]
}

/** Bytes that are no generation.bin, or facts that it can't hold. */
export class InvalidGenerationFileError extends BaseError {
  override name = 'InvalidGenerationFileError'
  constructor(why: string) {
    super(`This is no generation.bin: ${why}.`, {
      code: 'INVALID_GENERATION_FILE',
      hint: 'specs/generation.md says what it holds. A checkpoint names the ids that end a text as eos_token_id.',
    })
  }
}

/** Its name in a bundle. */
export const GENERATION_FILE = 'generation.bin'
/** One leaf of the bundle's tree, so that a contract opens it whole. */
export const MAX_GENERATION_BYTES = 512

const VERSION = 1
/** Ids of texts are below it (specs/text.md), and no context is longer. */
const MAX_IDS = 2 ** 24
/** Version, vocabulary, context and the two counts. */
const FIXED_BYTES = 11

/** The file's bytes. Throws `InvalidGenerationFileError` for facts that contradict each other or do not fit one leaf. */
export function encodeGenerationFile(facts: GenerationFile): Uint8Array {
  const { vocabulary, context, begin, ends } = facts
  const length = FIXED_BYTES + 4 * (begin.length + ends.length)
  if (length > MAX_GENERATION_BYTES)
    throw new InvalidGenerationFileError(`${begin.length + ends.length} ids do not fit ${MAX_GENERATION_BYTES} bytes`)
  check(facts)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  bytes[0] = VERSION
  view.setUint32(1, vocabulary)
  view.setUint32(5, context)
  let at = 9
  for (const ids of [begin, ends]) {
    view.setUint8(at++, ids.length)
    for (const id of ids) {
      view.setUint32(at, id)
      at += 4
    }
  }
  return bytes
}

/** Reads the file; the reverse of `encodeGenerationFile`, which gives these bytes and no others. Throws `InvalidGenerationFileError`. */
export function decodeGenerationFile(bytes: Uint8Array): GenerationFile {
  if (bytes.length > MAX_GENERATION_BYTES)
    throw new InvalidGenerationFileError(`it has ${bytes.length} bytes, at most ${MAX_GENERATION_BYTES} are possible`)
  if (bytes[0] !== VERSION) throw new InvalidGenerationFileError(`its version is ${bytes[0] ?? 'missing'}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 1
  const take = (width: 1 | 4): number => {
    if (at + width > bytes.length) throw new InvalidGenerationFileError(`it ends after ${bytes.length} bytes`)
    at += width
    return width === 1 ? view.getUint8(at - 1) : view.getUint32(at - 4)
  }
  const list = () => Array.from({ length: take(1) }, () => take(4))
  const facts = { vocabulary: take(4), context: take(4), begin: list(), ends: list() }
  if (at !== bytes.length) throw new InvalidGenerationFileError(`${bytes.length - at} bytes follow its end`)
  check(facts)
  return facts
}

function check({ vocabulary, context, begin, ends }: GenerationFile): void {
  const refuse = (why: string) => {
    throw new InvalidGenerationFileError(why)
  }
  const isCount = (n: number, least: number) => Number.isInteger(n) && n >= least && n <= MAX_IDS
  if (!isCount(vocabulary, 1)) refuse(`it would know ${vocabulary} ids`)
  if (!isCount(context, 2)) refuse(`its context would be ${context}`)
  for (const id of [...begin, ...ends])
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary) refuse(`${id} is none of ${vocabulary} ids`)
  if (begin.length >= context) refuse(`${begin.length} ids before every text leave no room in ${context}`)
  if (ends.length === 0) refuse('no id ends a text')
  if (ends.some((id, i) => i > 0 && id <= (ends[i - 1] ?? 0))) refuse('the ids that end a text do not ascend')
}
