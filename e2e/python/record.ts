/**
 * Records what the official Python client sends: runs calls.py through a proxy in front of a real gateway, and writes each request with the status and the kind of its answer to fixtures/openai.json, which a test
 * replays. Needs Python 3 with the package `openai`:
 *
 *     node e2e/python/record.ts
 */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openChatMarket } from '../backends/chatMarket.ts'

const run = promisify(execFile)
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const market = await openChatMarket()
const exchanges: object[] = []
const proxy = createServer(async (request, response) => {
  const body = await text(request)
  const { method = 'GET', url = '/', headers } = request
  // Where the recording was made, and how long the client waited, is not what it says.
  const { host: _host, connection: _connection, 'content-length': _length, ...sent } = headers
  const init = { method, headers: sent as Record<string, string>, ...(body && { body }) }
  const answer = await fetch(`${market.url}${url}`, init)
  const type = answer.headers.get('content-type') ?? ''
  const told = await answer.text()
  exchanges.push({
    request: { method, url, headers: sent, body },
    response: { status: answer.status, type: type.split(';')[0] },
  })
  response.writeHead(answer.status, { 'content-type': type }).end(told)
})
await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
try {
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const { stdout } = await run('python3', [path('calls.py'), address])
  const recorded = { client: `openai ${stdout.trim()} for Python`, exchanges }
  await writeFile(path('fixtures/openai.json'), `${JSON.stringify(recorded, null, 2)}\n`)
  console.log(`${exchanges.length} exchanges of ${recorded.client}`)
} finally {
  proxy.close()
  await market.close()
}
