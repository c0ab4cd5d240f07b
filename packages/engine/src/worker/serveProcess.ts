import { type FromWorker, packError } from './messages.ts'

type ToProcess<Request> = { kind: 'open'; data: unknown } | { kind: 'run'; request: Request }

/** Answers the requests of the process that started this one (`openInProcess`), one at a time, and ends with it. `open` makes what answers them of what it was opened with. */
export function serveProcess<Request, Response>(
  open: (data: unknown) => Promise<(request: Request) => Promise<Response>>,
): void {
  let run: ((request: Request) => Promise<Response>) | undefined
  const send = (message: FromWorker<Response>) => process.send?.(message)
  process.on('disconnect', () => process.exit())
  process.on('message', async (message: ToProcess<Request>) => {
    try {
      if (message.kind === 'open') {
        run = await open(message.data)
        send({ kind: 'ready' })
      } else if (run) send({ kind: 'done', id: 0, response: await run(message.request) })
    } catch (error) {
      send({ kind: 'failed', id: 0, error: packError(error) })
    }
  })
}
