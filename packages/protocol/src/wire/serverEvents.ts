/**
 * The data of each message of an event stream (WHATWG HTML, "Server-sent events"), until it ends or `signal` says so. Other fields of
 * messages mean nothing here. Not `EventSource`, because Node.js has none, and it hides why a stream was refused.
 */
export async function* serverEvents(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = `${text}${decoder.decode(value, { stream: true })}`.split(/\r\n|\n|\r/)
      text = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '' && data.length > 0) yield data.join('\n')
        if (line === '') data = []
        else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await reader.cancel().catch(() => {})
  }
}
