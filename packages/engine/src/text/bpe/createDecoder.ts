import { UnknownTokenError } from '../errors.ts'
import type { Tokenizer } from '../tokenizer.ts'

export type DecoderTable = {
  /** One more than the highest id. */
  size: number
  /** Bytes of a token; undefined where the id has none. */
  bytesOf(id: number): Uint8Array | undefined
  /** Ids that are left out unless they are asked for. */
  specials: ReadonlySet<number>
  /** Whether a blank at the front of a text is not the text's. */
  takesBlankOff?: boolean
}

const BLANK = 0x20

/** Bytes of ids (specs/text.md, "From ids to bytes"). */
export function createDecoder({ size, bytesOf, specials, takesBlankOff = false }: DecoderTable): Tokenizer['decode'] {
  return (ids, options = {}) => {
    const parts: Uint8Array[] = []
    let length = 0
    for (let i = 0; i < ids.length; i += 1) {
      const id = ids[i] ?? -1
      const bytes = bytesOf(id)
      if (!bytes) throw new UnknownTokenError(id, size)
      if (!options.specials && specials.has(id)) continue
      parts.push(bytes)
      length += bytes.length
    }
    const all = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return takesBlankOff && !options.continues && all[0] === BLANK ? all.subarray(1) : all
  }
}
