import { BaseError } from '@stoa/protocol'
import { InvalidModelError } from '../errors.ts'

/**
 * Loads one file of an "ocr" model. Throws `InvalidModelError` when it is not named or can't be loaded; what `load` says of this machine
 * instead of the file is thrown as it is.
 */
export async function loadPart<T>(
  files: Readonly<Record<string, string>>,
  name: string,
  load: (path: string) => Promise<T>,
): Promise<T> {
  const path = files[name]
  if (path === undefined) throw new InvalidModelError('ocr', `"${name}" is missing`)
  try {
    return await load(path)
  } catch (cause) {
    if (cause instanceof BaseError && cause.code !== 'INVALID_MODEL') throw cause
    throw new InvalidModelError('ocr', `"${name}" can't be loaded (${reasonOf(cause)})`, cause)
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof BaseError) return cause.shortMessage
  return cause instanceof Error ? cause.message : String(cause)
}
