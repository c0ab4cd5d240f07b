import type { Readable } from 'node:stream'

/** Characters that are kept of what a process says. */
const KEPT = 4_000

/** Listens to a process; the value is the last thing it complained of, in its own words. */
export function lastWords(...streams: readonly Readable[]): () => string {
  let said = ''
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-KEPT)
    })
  }
  return () => said.trim().split('\n').slice(-3).map(readable).join('\n')
}

/** A line of JSON as its log has it, or any other line. */
function readable(line: string): string {
  try {
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null || !('msg' in entry)) return line
    const error = 'error' in entry && typeof entry.error === 'object' && entry.error ? entry.error : {}
    return 'message' in error ? `${entry.msg}: ${error.message}` : `${entry.msg}`
  } catch {
    return line
  }
}
