import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.ts'

/**
 * What becomes of a request: `pass`; `cutBefore`: it never arrives; `cutAfter`, `cutWithin`: its answer gets lost, whole or from the middle on; `late`: it arrives after
 * later ones; `twin`: it arrives twice at once; `again`: it arrives a second time, later; `silent`: it is answered, and the answer hangs.
 */
export type Fate = 'pass' | 'cutBefore' | 'cutAfter' | 'cutWithin' | 'late' | 'twin' | 'again' | 'silent'

export type Fates = readonly (readonly [weight: number, Fate])[]

export type Link = {
  /** Whoever calls here reaches the other end. */
  readonly url: string
  /** Where the other end is now; undefined: nowhere. */
  lead(to: string | undefined): void
  /** What may become of requests from now on. */
  decide(fates: Fates): void
  /** How often each mishap came. */
  readonly counts: Readonly<Record<string, number>>
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>
  close(): void
}

type Sent = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer }
type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** A line between two parties that speak HTTP, on which things happen to whole requests and answers. */
export async function openLink(random: Random): Promise<Link> {
  let target: string | undefined
  let fates: Fates = [[1, 'pass']]
  const counts: Record<string, number> = {}
  const agent = new Agent({ keepAlive: true })
  const underWay = new Set<Promise<unknown>>()
  const held = new Set<ServerResponse>()

  const forward = (sent: Sent): Promise<Answer> => {
    const work = exchange(agent, target, sent)
    underWay.add(work)
    const done = () => underWay.delete(work)
    work.then(done, done)
    return work
  }
  const carry = async (fate: Fate, sent: Sent, response: ServerResponse): Promise<void> => {
    if (fate === 'cutBefore') return void response.destroy()
    if (fate === 'late') await sleep(random.between(20, 400))
    if (fate === 'twin') forward(sent).catch(() => undefined)
    const { status, headers, body } = await forward(sent)
    if (fate === 'again') later(sent)
    if (fate === 'cutAfter') return void response.destroy()
    if (fate === 'silent') return void held.add(response)
    response.writeHead(status, headers)
    if (fate !== 'cutWithin') return void response.end(body)
    response.write(body.subarray(0, body.length >> 1), () => response.destroy())
  }
  const later = (sent: Sent) => {
    const work = sleep(random.between(50, 3_000)).then(() => forward(sent).catch(() => undefined))
    underWay.add(work)
    work.finally(() => underWay.delete(work))
  }
  const server = createServer(async (incoming, response) => {
    try {
      const sent = await readSent(incoming)
      const fate = random.pick(fates)
      counts[fate] = (counts[fate] ?? 0) + 1
      await carry(fate, sent, response)
    } catch {
      response.destroy()
    }
  })
  server.keepAliveTimeout = 60_000
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead(to) {
      target = to
    },
    decide(next) {
      fates = next
    },
    counts,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
    close() {
      for (const response of held) response.destroy()
      server.closeAllConnections()
      server.close()
      agent.destroy()
    },
  }
}

async function readSent(incoming: IncomingMessage): Promise<Sent> {
  const body = await buffer(incoming)
  const { connection: _, ...headers } = incoming.headers
  return { method: incoming.method ?? 'GET', path: incoming.url ?? '/', headers, body }
}

async function exchange(
  agent: Agent,
  target: string | undefined,
  { method, path, headers, body }: Sent,
): Promise<Answer> {
  if (!target) throw new Error('there is nobody at the other end')
  const outgoing = request(new URL(path, target), { agent, method, headers })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { connection: _, 'transfer-encoding': __, 'keep-alive': ___, ...told } = incoming.headers
  return { status: incoming.statusCode ?? 502, headers: told, body: await buffer(incoming) }
}
