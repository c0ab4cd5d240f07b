/** Bytes of one argument that are kept; the chain has them all. */
const MOST_BYTES = 256

/** An event's arguments as JSON can hold them: whole numbers of many bits as decimal strings, long bytes cut. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`
  if (typeof value === 'string') return shortened(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

function shortened(text: string): string {
  const bytes = text.startsWith('0x') ? (text.length - 2) / 2 : 0
  return bytes > MOST_BYTES ? `${text.slice(0, 2 + 2 * MOST_BYTES)}… ${bytes} bytes` : text
}
