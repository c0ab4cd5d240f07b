import { createServer } from 'node:net'

/** A TCP port of 127.0.0.1 that nothing listens on now. Somebody else may take it before it is used. */
export function freePort(): Promise<number> {
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
