import { InvalidCheckpointError } from './errors.ts'

/**
 * Value of a JSON file. Stricter than `JSON.parse`: the bytes are UTF-8, and no object has a key twice, because two programs could
 * then read two models from one file. `file` is named in errors.
 */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  const text = decodeUtf8(bytes, file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InvalidCheckpointError(file, 'it is not JSON', { cause })
  }
  refuseTwins(text, file)
  return value
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new InvalidCheckpointError(file, 'it is not UTF-8', { cause })
  }
}

/** `text` is known to be JSON: what is left is to tell keys from values, by the colon that follows them. */
function refuseTwins(text: string, file: string): void {
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at)
    if (mark === '{') open.push(new Set())
    else if (mark === '[') open.push(undefined)
    else if (mark === '}' || mark === ']') open.pop()
    else if (mark === '"') {
      const end = endOfString(text, at)
      const keys = open.at(-1)
      if (keys && isColonNext(text, end)) {
        const inside = text.slice(at + 1, end - 1)
        const key = inside.includes('\\') ? String(JSON.parse(`"${inside}"`)) : inside
        if (keys.has(key)) throw new InvalidCheckpointError(file, `the key "${key}" is there twice`)
        keys.add(key)
      }
      at = end - 1
    }
  }
}

/** Place after the closing quote of the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let end = at + 1; ; end += 1) {
    const mark = text.charAt(end)
    if (mark === '"') return end + 1
    if (mark === '\\') end += 1
  }
}

function isColonNext(text: string, at: number): boolean {
  while (/[ \t\n\r]/.test(text.charAt(at))) at += 1
  return text.charAt(at) === ':'
}
