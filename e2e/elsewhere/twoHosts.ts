import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { joinTo } from './joinTo.ts'

const HOST_PROCESS = fileURLToPath(new URL('./hostProcess.ts', import.meta.url))
const FORWARD_PROCESS = fileURLToPath(new URL('./forwardProcess.ts', import.meta.url))

/** Whether this process may make network namespaces. */
export function canMakeHosts(): boolean {
  try {
    const name = `stoa-try-${process.pid}`
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export type Host = {
  /** Starts a node or a gateway on this host, and waits until it listens. */
  start(argument: object): Promise<HostProcess>
  /** Address on the line between the two hosts. */
  address: string
  /** The URL under which the host reaches a server of this machine, such as the chain. */
  reach(url: string): Promise<string>
  /** Cuts the host off from the chain, or connects it again. */
  chainLine(state: 'up' | 'down'): void
}

export type HostProcess = { url: string; ask(order: string): Promise<unknown>; kill(): Promise<void> }

/**
 * Two hosts as network namespaces: a line between them, and one from each to a third, which is connected to this machine by a file alone. This machine's own network stays as it is: browsers
 * drop what they load when that changes.
 */
export async function openTwoHosts() {
  const tag = process.pid.toString(36)
  const net = process.pid % 200
  const folder = await mkdtemp(join(tmpdir(), 'stoa-hosts-'))
  const children = new Set<ChildProcess>()
  const servers = new Set<Server>()
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const names = { buyer: `stoa-b-${tag}`, seller: `stoa-s-${tag}`, between: `stoa-h-${tag}` } as const
  for (const name of Object.values(names)) {
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }
  // The line between them.
  ip('link', 'add', 'line', 'netns', names.buyer, 'type', 'veth', 'peer', 'name', 'line', 'netns', names.seller)
  const between = { buyer: `10.77.${net}.1`, seller: `10.77.${net}.2` } as const
  for (const side of ['buyer', 'seller'] as const) {
    ip('-n', names[side], 'addr', 'add', `${between[side]}/24`, 'dev', 'line')
    ip('-n', names[side], 'link', 'set', 'line', 'up')
  }
  const host = (side: 'buyer' | 'seller', third: number): Host => {
    const [here, there] = [`10.${third}.${net}.1`, `10.${third}.${net}.2`]
    ip('link', 'add', side, 'netns', names.between, 'type', 'veth', 'peer', 'name', 'home', 'netns', names[side])
    ip('-n', names.between, 'addr', 'add', `${here}/24`, 'dev', side)
    ip('-n', names.between, 'link', 'set', side, 'up')
    ip('-n', names[side], 'addr', 'add', `${there}/24`, 'dev', 'home')
    ip('-n', names[side], 'link', 'set', 'home', 'up')
    return {
      address: between[side],
      async reach(url) {
        const { hostname, port } = new URL(url)
        const path = join(folder, `${side}-${port}`)
        const server = createServer((socket) => joinTo(socket, { host: hostname, port: Number(port) }))
        servers.add(server)
        await once(server.listen(path), 'listening')
        const forward = await startOn(names.between, [FORWARD_PROCESS, path], children)
        return `http://${here}:${new URL(forward.url).port}`
      },
      chainLine: (state) => void ip('-n', names.between, 'link', 'set', side, state),
      start: (argument) => startOn(names[side], [HOST_PROCESS, JSON.stringify(argument)], children),
    }
  }
  return {
    buyer: host('buyer', 78),
    seller: host('seller', 79),
    /** Cuts the line between the hosts, or mends it. */
    line: (state: 'up' | 'down') => void ip('-n', names.buyer, 'link', 'set', 'line', state),
    async close() {
      for (const child of children) child.kill('SIGKILL')
      for (const server of servers) server.close()
      for (const name of Object.values(names)) ip('netns', 'del', name)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startOn(
  namespace: string,
  command: readonly string[],
  children: Set<ChildProcess>,
): Promise<HostProcess> {
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, ...command], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.add(child)
  const waiting = new Map<number, (answer: unknown) => void>()
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', ({ url, id, answer }: { url?: string; id?: number; answer?: unknown }) => {
      if (url !== undefined) resolve(url)
      if (id !== undefined) waiting.get(id)?.(answer)
    })
    void ended.then(() => reject(new Error(`the process on ${namespace} ended`)))
  })
  let orders = 0
  return {
    url,
    ask(order) {
      const id = ++orders
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        child.send({ id, order })
      })
    },
    async kill() {
      children.delete(child)
      child.kill('SIGKILL')
      await ended
    },
  }
}
