import { serveProcess } from '../serveProcess.ts'

/** Does what a test asks for: native memory, heap, time, an end, its environment, pieces. */
serveProcess<string, unknown>(async (data) => {
  if (data === 'refuse') throw new TypeError('not with me')
  if (data === 'spin') for (;;);
  if (data === 'crash') process.kill(process.pid, 'SIGSEGV')
  return {
    async run(request, { signal, onPiece }) {
      if (request === 'data') return { message: data }
      if (request === 'pid') return { message: process.pid }
      if (request === 'env') return { message: Object.keys(process.env) }
      if (request === 'leave') process.exit(7)
      if (request === 'crash') process.kill(process.pid, 'SIGSEGV')
      if (request === 'spin') for (;;);
      if (request === 'throw') throw new TypeError('no')
      if (request === 'no memory') throw new Error('run failed', { cause: new Error('std::bad_alloc') })
      if (request === 'pieces') {
        for (let i = 0; i < 3; i++) onPiece?.(Uint8Array.of(i))
        return { message: 'whole' }
      }
      if (request === 'until aborted') {
        onPiece?.(Uint8Array.of(1))
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        signal.throwIfAborted()
      }
      const held: unknown[] = []
      if (request === 'heap') for (;;) held.push(new Array(1e5).fill(Math.random()))
      // Written to, so that the system has to give it.
      if (request === 'native') for (;;) held.push(Buffer.alloc(16 << 20, 1))
      return { message: request.length }
    },
    close: async () => {},
  }
})
