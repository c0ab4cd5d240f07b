import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type OpenOpsParameters = {
  host: string
  /** 0 for any free one. */
  port: number
  metrics: { text(): Promise<string>; readonly contentType: string }
  /** Why the service can't be used now, a sentence each; empty when it can. */
  problems: () => readonly string[]
}

/**
 * Serves what operators and their machines ask, on a port of its own that callers need not reach: `/metrics` for Prometheus, `/live` (the process answers) and `/ready` (it can be used; 503 and
 * why where not), as Kubernetes probes ask them.
 */
export async function openOps({ host, port, metrics, problems }: OpenOpsParameters) {
  const server = createServer(async (request, response) => {
    const say = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type }).end(body)
    const json = (status: number, body: unknown) => say(status, 'application/json', `${JSON.stringify(body)}\n`)
    if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'There is only GET here.' })
    switch (request.url?.split('?', 1)[0]) {
      case '/metrics':
        return metrics.text().then(
          (text) => say(200, metrics.contentType, text),
          () => json(500, { error: 'The figures could not be read.' }),
        )
      case '/live':
        return json(200, { status: 'ok' })
      case '/ready': {
        const wrong = problems()
        return wrong.length === 0 ? json(200, { status: 'ok' }) : json(503, { status: 'unavailable', problems: wrong })
      }
      default:
        return json(404, { error: 'There are /metrics, /live and /ready here.' })
    }
  })
  await once(server.listen(port, host), 'listening')
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
