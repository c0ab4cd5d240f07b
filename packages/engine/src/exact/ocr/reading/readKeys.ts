import { InvalidModelError } from '../../../inference/errors.ts'
import { readAlphabet } from '../../../inference/ocr/recognise/readAlphabet.ts'

/** Most bytes of a line: a contract that looks for one reads no further. */
const MOST_BYTES = 64

/** What the recogniser's classes stand for, and the file that says so. */
export type Keys = {
  /** The characters of classes 1, 2, …; the last is the space. */
  readonly alphabet: readonly string[]
  /** "keys.txt" as it is. */
  readonly file: Uint8Array
}

/**
 * Reads "keys.txt" of an exact model, of which a contract reads the same (specs/exact-ocr.md). Throws `InvalidModelError` for what is no UTF-8, has a carriage
 * return, or a line of more than 64 bytes.
 */
export function readKeys(file: Uint8Array): Keys {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(file)
  const bytes = new TextEncoder().encode(text)
  if (bytes.length !== file.length || bytes.some((byte, i) => byte !== file[i])) throw invalid('is not UTF-8')
  if (text.includes('\r')) throw invalid('has a carriage return; its lines must end in line feeds alone')
  const alphabet = readAlphabet(text)
  if (alphabet.some((key) => new TextEncoder().encode(key).length > MOST_BYTES))
    throw invalid(`has a line of more than ${MOST_BYTES} bytes`)
  return { alphabet, file }
}

const invalid = (why: string) => new InvalidModelError('ocr', `"keys.txt" ${why}`)
