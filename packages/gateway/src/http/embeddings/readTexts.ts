import { MAX_EMBEDDED_BYTES, MAX_EMBEDDED_NUMBERS, MAX_EMBEDDED_TEXTS } from '@stoa/protocol'
import { BadRequestError } from '../../errors.ts'

const param = 'input'

/** The texts of OpenAI's `input`, for a model that takes them as they are. Throws `BadRequestError` naming what is no text or over a limit (specs/backends.md, "Embeddings"). */
export function readTexts(input: string | readonly unknown[], dimensions: number): string[] {
  const items = typeof input === 'string' ? [input] : input
  const most = Math.min(MAX_EMBEDDED_TEXTS, Math.floor(MAX_EMBEDDED_NUMBERS / dimensions))
  if (items.length < 1 || items.length > most)
    throw new BadRequestError(`This model embeds 1 to ${most} texts at once, there are ${items.length}.`, {
      param,
      hint: 'Send them in several requests.',
    })
  const texts = items.map(textOf)
  const total = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (total > MAX_EMBEDDED_BYTES)
    throw new BadRequestError(`The texts have ${total} bytes, at most ${MAX_EMBEDDED_BYTES} are taken at once.`, {
      param,
      hint: 'Send them in several requests.',
    })
  return texts
}

function textOf(item: unknown, i: number): string {
  if (typeof item !== 'string')
    throw new BadRequestError(`Text ${i} is no text.`, {
      param,
      hint: 'This model takes texts, not tokens: its server makes those itself.',
    })
  if (item === '')
    throw new BadRequestError(`Text ${i} is empty.`, {
      param,
      hint: 'There is nothing to embed in it: leave it out.',
    })
  // JSON can spell half a surrogate pair, which has no UTF-8: another text than was sent would be embedded.
  if (!item.isWellFormed()) throw new BadRequestError(`Text ${i} is not valid Unicode.`, { param })
  return item
}
