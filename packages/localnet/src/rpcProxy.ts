import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What becomes of a request to the chain: `pass`, `error` (refused, the chain never sees it), `cut` (the connection ends before the chain sees it), `lose` (the chain sees it, its answer gets lost), `hang`
 * (neither comes nor ends), `hangAfter` (the chain sees it, the answer hangs), `limit` (a JSON-RPC error that says too many requests), `rubbish` (a page instead of JSON), or an answer to give in the chain's place.
 */
export type Fate =
  | 'pass'
  | 'error'
  | 'cut'
  | 'lose'
  | 'hang'
  | 'hangAfter'
  | 'limit'
  | 'rubbish'
  | { readonly result: unknown }

/** A chain's RPC behind a link that fails when a test says so. `fate` is asked for each call of a request, by its method and its parameters as JSON. */
export async function openRpcProxy(rpcUrl: string) {
  let fate: (method: string, parameters: string) => Fate | Promise<Fate> = () => 'pass'
  const hanging = new Set<ServerResponse>()
  let requests = 0
  let delay = 0
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const calls: { id: number; method: string; params?: unknown }[] = [JSON.parse(body)].flat()
    requests++
    if (delay > 0) await sleep(delay)
    const kinds = await Promise.all(calls.map(({ method, params }) => fate(method, JSON.stringify(params ?? []))))
    const kind = kinds.find((each) => each !== 'pass') ?? 'pass'
    if (kind === 'hang') return void hanging.add(response)
    if (kind === 'error') return void response.writeHead(503).end('{}')
    if (kind === 'cut') return void response.destroy()
    if (kind === 'rubbish') return void response.end('<html>Sign in to go on.</html>')
    response.setHeader('content-type', 'application/json')
    if (kind === 'limit' || typeof kind === 'object') {
      const said = kind === 'limit' ? { error: { code: -32_005, message: 'too many requests' } } : kind
      return void response.end(JSON.stringify({ jsonrpc: '2.0', id: calls[0]?.id, ...said }))
    }
    const answer = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const told = await answer.text()
    if (kind === 'hangAfter') return void hanging.add(response)
    if (kind === 'lose') return void response.destroy()
    response.end(told)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Says what becomes of requests from now on. */
    decide(next: typeof fate) {
      fate = next
    },
    /** Milliseconds that every request waits from now on. */
    slow(milliseconds: number) {
      delay = milliseconds
    },
    /** Requests so far. */
    requests: () => requests,
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
