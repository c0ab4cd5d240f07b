import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type Env, errorResponse, type Listening, listen } from '@stoa/gateway/endpoint'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { forward } from './forward.ts'

let part: Server
let front: Listening
/** What the part behind has been asked, answered by each case as it likes. */
let asked: Promise<ServerResponse>
const logged = { error: vi.spyOn(console, 'error'), info: vi.spyOn(console, 'info') }

beforeEach(async () => {
  part = createServer()
  asked = once(part, 'request').then(([, answer]: ServerResponse[]) => answer as ServerResponse)
  await once(part.listen(0, '127.0.0.1'), 'listening')
  const { port } = part.address() as AddressInfo
  const app = new Hono<Env>()
  app.onError((error) => errorResponse(error))
  app.on(
    ['GET', 'POST'],
    '/api/part/*',
    forward('/api/part', async () => ({ name: 'part', url: `http://127.0.0.1:${port}` })),
  )
  front = await listen(app, { port: 0 }, {})
})
afterEach(async () => {
  await front.close()
  part.closeAllConnections()
  await new Promise((closed) => part.close(closed))
  vi.clearAllMocks()
})

/** A page's connection, on which one question was sent. */
async function openPage(head = 'GET /api/part/slow HTTP/1.1') {
  const { hostname, port } = new URL(front.url)
  const page = connect(Number(port), hostname)
  await once(page, 'connect')
  page.write(`${head}\r\nHost: ${hostname}:${port}\r\n\r\n`)
  return page
}

/** Ways in which a page is no longer there. */
const LEAVES = ['destroy', 'resetAndDestroy', 'end'] as const

it.each(LEAVES)('tells the part behind, and no log, of a page that left before an answer began (%s)', async (leave) => {
  const page = await openPage()
  const answer = await asked
  page[leave]()
  await once(answer, 'close')
  await answersStill()
})

it.each(LEAVES)(
  'tells the part behind, and no log, of a page that left in the middle of an answer (%s)',
  async (leave) => {
    const page = await openPage()
    const answer = await asked
    answer.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    await once(page, 'data')
    page[leave]()
    await once(answer, 'close')
    await answersStill()
  },
)

it('tells the part behind, and no log, of a page that left an answer that it did not read', async () => {
  const page = await openPage()
  page.pause()
  const answer = await asked
  const piece = Buffer.alloc(1 << 16)
  answer.writeHead(200, { 'content-type': 'application/octet-stream' })
  while (answer.write(piece));
  page.destroy()
  await once(answer, 'close')
  await answersStill()
})

it('tells the part behind, and no log, of a page that left while it was sending', async () => {
  const page = await openPage('POST /api/part/slow HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000')
  page.write('{"half":')
  const answer = await asked
  page.destroy()
  await once(answer, 'close')
  await answersStill()
})

/** What came before ended quietly: the next question is answered, and nothing was said of the last. */
async function answersStill(): Promise<void> {
  part.once('request', (_, answer) => answer.end('{"ok":true}'))
  const answer = await fetch(`${front.url}/api/part/quick`)
  expect(await answer.json()).toEqual({ ok: true })
  for (const log of Object.values(logged)) expect(log.mock.calls).toEqual([])
}
