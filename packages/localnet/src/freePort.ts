import { createServer } from 'node:net'

/** What this process gave away. */
const given = new Set<number>()

/** A TCP port of 127.0.0.1 that nothing listens on now, another one each time. Somebody else may take it before it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenBriefly(0)
    // Nothing listens yet on those that were given away before, so the system may give them again.
    if (given.has(port)) continue
    given.add(port)
    return port
  }
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
