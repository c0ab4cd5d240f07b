import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * What becomes of a request to the chain: `pass`, `error` (refused, the chain never sees it), `lose` (the chain sees it, its answer gets lost), `hang` (neither comes nor ends), `hangAfter`
 * (the chain sees it, the answer hangs).
 */
export type Fate = 'pass' | 'error' | 'lose' | 'hang' | 'hangAfter'

/** A chain's RPC behind a link that fails when a test says so. `fate` is asked for each request, by its method. */
export async function openRpcProxy(rpcUrl: string) {
  let fate: (method: string) => Fate | Promise<Fate> = () => 'pass'
  const hanging = new Set<ServerResponse>()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const calls: { method: string }[] = [JSON.parse(body)].flat()
    const kinds = await Promise.all(calls.map(({ method }) => fate(method)))
    const kind = kinds.find((each) => each !== 'pass') ?? 'pass'
    if (kind === 'hang') return void hanging.add(response)
    if (kind === 'error') return void response.writeHead(503).end('{}')
    const answer = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const told = await answer.text()
    if (kind === 'hangAfter') return void hanging.add(response)
    if (kind === 'lose') return void response.destroy()
    response.setHeader('content-type', 'application/json').end(told)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Says what becomes of requests from now on. */
    decide(next: typeof fate) {
      fate = next
    },
    /** Requests that hang. */
    hanging: () => hanging.size,
    close() {
      for (const response of hanging) response.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

export type RpcProxy = Awaited<ReturnType<typeof openRpcProxy>>
