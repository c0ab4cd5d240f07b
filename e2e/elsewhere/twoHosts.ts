import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const HOST_PROCESS = fileURLToPath(new URL('./hostProcess.ts', import.meta.url))

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
  /** Address under which this machine, with the chain, is reached from the host. */
  gatewayAddress: string
  /** Cuts the host off from the chain, or connects it again. */
  chainLine(state: 'up' | 'down'): void
}

export type HostProcess = { url: string; ask(order: string): Promise<unknown>; kill(): Promise<void> }

/** Two hosts as network namespaces: a line between them, and one from each to this machine. */
export function openTwoHosts() {
  const tag = process.pid.toString(36)
  const net = process.pid % 200
  const children = new Set<ChildProcess>()
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const names = { buyer: `stoa-b-${tag}`, seller: `stoa-s-${tag}` } as const
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
    const device = `st${side[0]}${tag}`
    const [here, there] = [`10.${third}.${net}.1`, `10.${third}.${net}.2`]
    ip('link', 'add', device, 'type', 'veth', 'peer', 'name', 'home', 'netns', names[side])
    ip('addr', 'add', `${here}/24`, 'dev', device)
    ip('link', 'set', device, 'up')
    ip('-n', names[side], 'addr', 'add', `${there}/24`, 'dev', 'home')
    ip('-n', names[side], 'link', 'set', 'home', 'up')
    return {
      address: between[side],
      gatewayAddress: here,
      chainLine: (state) => void ip('link', 'set', device, state),
      start: (argument) => startOn(names[side], argument, children),
    }
  }
  return {
    buyer: host('buyer', 78),
    seller: host('seller', 79),
    /** Cuts the line between the hosts, or mends it. */
    line: (state: 'up' | 'down') => void ip('-n', names.buyer, 'link', 'set', 'line', state),
    async close() {
      for (const child of children) child.kill('SIGKILL')
      for (const name of Object.values(names)) ip('netns', 'del', name)
    },
  }
}

async function startOn(namespace: string, argument: object, children: Set<ChildProcess>): Promise<HostProcess> {
  const args = ['netns', 'exec', namespace, process.execPath, HOST_PROCESS, JSON.stringify(argument)]
  const child = spawn('ip', args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.add(child)
  const waiting = new Map<number, (answer: unknown) => void>()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
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
