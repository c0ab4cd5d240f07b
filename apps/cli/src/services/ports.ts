import { createServer } from 'node:net'
import { CommandError } from '../errors.ts'

/** Whether nothing listens on a loopback port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Throws `CommandError` unless the ports are different and free; better said before anything has started. */
export async function requirePorts(ports: Readonly<Record<string, number | undefined>>): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    if (port === undefined) continue
    const twin = Object.entries(ports).find(([other, its]) => other !== name && its === port)
    if (port === undefined || (!twin && (await isFree(port)))) continue
    throw new CommandError(twin ? `Port ${port} is given to ${name} and ${twin[0]} both.` : `Port ${port} is in use.`, {
      code: 'PORT_IN_USE',
      hint: `Choose another for the ${name}: stoa up --${name}-port <port>.`,
    })
  }
}
