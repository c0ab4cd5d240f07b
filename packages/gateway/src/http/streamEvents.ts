import { BaseError } from '@stoa/protocol'
import type { HttpContext } from './context.ts'
import { errorResponse } from './errorResponse.ts'

/**
 * Server-sent events, sent while `work` makes them, and `[DONE]` when it is done. What goes wrong before the first is thrown; after it, it is an event with a member `error`, as OpenAI's clients
 * read it, and there is no `[DONE]`. `work` gets a signal that aborts when the caller hangs up.
 */
export async function streamEvents(
  { logger }: Pick<HttpContext, 'logger'>,
  caller: AbortSignal,
  work: (send: (event: object) => void, signal: AbortSignal) => Promise<void>,
): Promise<Response> {
  const left = new AbortController()
  const signal = AbortSignal.any([caller, left.signal])
  const started = Promise.withResolvers<void>()
  const encoder = new TextEncoder()
  let write: (data: string) => void = () => undefined
  let close = (): void => undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      write = (data) => {
        if (!left.signal.aborted) controller.enqueue(encoder.encode(`data: ${data}\n\n`))
      }
      close = () => {
        if (!left.signal.aborted) controller.close()
      }
    },
    cancel: () => left.abort(new DOMException('The caller hung up.', 'AbortError')),
  })
  const send = (event: object) => {
    write(JSON.stringify(event))
    started.resolve()
  }
  const done = work(send, signal)
  const over = done.then(
    () => write('[DONE]'),
    async (error: unknown) => {
      if (!(error instanceof BaseError) && !signal.aborted) logger({ type: 'internal-error', error })
      write(await errorResponse(error).text())
    },
  )
  void over.then(close)
  await Promise.race([started.promise, done])
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  })
}
