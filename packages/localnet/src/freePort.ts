import { createServer } from 'node:net'

/**
 * Ports below those that systems give to whoever asks for any: no other program's listener or connection gets one of these by chance, however long it takes until it is used.
 */
const [FIRST, COUNT] = [20_000, 10_000]
/** Each process begins elsewhere: those that run at the same time give others. */
let next = (process.pid * 20) % COUNT

/** A TCP port of 127.0.0.1 that nothing listens on now, another one each time. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + (next++ % COUNT)
    if (await isPortFree(port)) return port
  }
  return listenBriefly(0)
}

/** Whether nothing listens on a port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listenBriefly(port)
    return true
  } catch {
    return false
  }
}

function listenBriefly(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}
