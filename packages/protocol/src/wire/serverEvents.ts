/**
 * The data of each message of an event stream (WHATWG HTML, "Server-sent events"), until it ends or `signal` says so. Other fields of
 * messages mean nothing here. Not `EventSource`, because Node.js has none, and it hides why a stream was refused.
 */
export async function* serverEvents(
  body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let text = ''
  let data: string[] = []
  try {
    for await (const piece of 'getReader' in body ? piecesOf(body) : body) {
      const lines = `${text}${decoder.decode(piece, { stream: true })}`.split(/\r\n|\n|\r/)
      text = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '' && data.length > 0) yield data.join('\n')
        if (line === '') data = []
        else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Not every browser can iterate a stream by itself. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}
