import { BadRequestError } from '../../errors.ts'
import type { ListedModel } from '../../market/market.ts'
import { MAX_TEXTS } from '../../tasks/embedding.ts'
import type { HttpContext } from '../context.ts'

/** UTF-8 of one text, and of all texts of a request. */
const MAX_TEXT_BYTES = 8192
const MAX_TOTAL_BYTES = 1 << 20

const param = 'input'

/**
 * The tokens of each text of OpenAI's `input`: a text, a list of the model's own tokens, or a list of either. Throws `BadRequestError` naming what is none of these
 * or over a limit, and what `texts` throws.
 */
export async function readInput(
  texts: Pick<HttpContext['texts'], 'encode' | 'sizeOf'>,
  model: ListedModel,
  input: string | readonly unknown[],
): Promise<Uint32Array[]> {
  const isOne = typeof input === 'string' || (input.length > 0 && input.every((item) => typeof item === 'number'))
  const items: readonly unknown[] = isOne ? [input] : input
  if (items.length < 1 || items.length > MAX_TEXTS)
    throw new BadRequestError(`1 to ${MAX_TEXTS} texts are embedded at once, there are ${items.length}.`, { param })
  const written = items.filter((item) => typeof item === 'string')
  checkTexts(written)
  const encoded = await texts.encode(
    model,
    written.map((text) => ({ text })),
  )
  const known = written.length < items.length ? await texts.sizeOf(model) : 0
  return items.map((item, i) => (typeof item === 'string' ? takeFirst(encoded) : tokensOf(item, i, known)))
}

function checkTexts(texts: readonly string[]): void {
  let total = 0
  for (const [i, text] of texts.entries()) {
    if (text === '')
      throw new BadRequestError(`Text ${i} is empty.`, {
        param,
        hint: 'There is nothing to embed in it: leave it out.',
      })
    // JSON can spell half a surrogate pair, which has no UTF-8: another text than was sent would be embedded.
    if (!text.isWellFormed()) throw new BadRequestError(`Text ${i} is not valid Unicode.`, { param })
    const bytes = Buffer.byteLength(text)
    if (bytes > MAX_TEXT_BYTES)
      throw new BadRequestError(`Text ${i} has ${bytes} bytes, at most ${MAX_TEXT_BYTES} are taken.`, {
        param,
        hint: 'Cut it into passages and embed each.',
      })
    total += bytes
  }
  if (total > MAX_TOTAL_BYTES)
    throw new BadRequestError(`The texts have ${total} bytes, at most ${MAX_TOTAL_BYTES} are taken at once.`, {
      param,
      hint: 'Send them in several requests.',
    })
}

function takeFirst(encoded: Uint32Array[]): Uint32Array {
  const ids = encoded.shift()
  if (!ids) throw new TypeError('the tokenizer gave out too few texts')
  return ids
}

function tokensOf(item: unknown, i: number, known: number): Uint32Array {
  const hint = 'Send texts, or lists of the tokens of this very model.'
  if (!Array.isArray(item) || item.length === 0)
    throw new BadRequestError(`Text ${i} is neither a text nor a list of tokens.`, { param, hint })
  const isToken = (id: unknown) => Number.isInteger(id) && Number(id) >= 0 && Number(id) < known
  const wrong = item.find((id) => !isToken(id))
  if (wrong !== undefined || !item.every(isToken))
    throw new BadRequestError(`The model knows ${known} tokens, ${JSON.stringify(wrong)} in text ${i} is none.`, {
      param,
      hint,
    })
  return Uint32Array.from(item)
}
