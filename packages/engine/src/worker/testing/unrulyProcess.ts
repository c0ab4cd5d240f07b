import { serveProcess } from '../serveProcess.ts'

/** Does what a test asks for: native memory, heap, time, an end, its environment. */
serveProcess<string, unknown>(async (data) => async (request) => {
  if (request === 'data') return data
  if (request === 'env') return Object.keys(process.env)
  if (request === 'leave') process.exit(7)
  if (request === 'spin') for (;;);
  if (request === 'throw') throw new TypeError('no')
  const held: unknown[] = []
  if (request === 'heap') for (;;) held.push(new Array(1e5).fill(Math.random()))
  // Written to, so that the system has to give it.
  if (request === 'native') for (;;) held.push(Buffer.alloc(16 << 20, 1))
  return request.length
})
