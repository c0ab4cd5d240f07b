import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { bytesToHex, encodeModelCard, type Hex, sha256 } from '@stoa/protocol'
import { blockResponse, memoryBlobStore } from '@stoa/storage'
import { afterEach, expect, it } from 'vitest'
import { documentReader } from './readDocuments.ts'

const COUNT = 100
/** As the reader asks one provider. */
const AT_ONCE = 16

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function openReader() {
  const db = new DatabaseSync(':memory:')
  db.exec('CREATE TABLE cards (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL)')
  closers.push(() => db.close())
  return documentReader({ db })
}

it('reads any number of cards of one provider, and asks it for few at a time', async () => {
  const blobs = memoryBlobStore()
  const digests: Hex[] = []
  for (let n = 0; n < COUNT; n++) {
    const words = { title: `Number ${n}`, description: '', licence: '', source: '' }
    const file = { path: 'model.onnx', bytes: 1, root: bytesToHex(sha256(Uint8Array.of(n))), cid: `b${'a'.repeat(58)}` }
    const head = { stoa: 'model-card/1', name: `many/model-${n}`, task: 'graph' } as const
    const bytes = encodeModelCard({ ...head, ...words, files: [file] })
    await blobs.put(bytes)
    digests.push(bytesToHex(sha256(bytes)))
  }
  let [now, peak] = [0, 0]
  const url = await serve(async ({ url: path = '' }, response) => {
    peak = Math.max(peak, ++now)
    const answer = await blockResponse(blobs, path.slice('/v1/blocks/'.length))
    const body = new Uint8Array(await answer.arrayBuffer())
    now--
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body)
  })
  const reader = openReader()
  const cards = await Promise.all(digests.map((digest) => reader.card(digest, [url])))
  expect(cards.map(({ name }) => name)).toEqual(digests.map((_, n) => `many/model-${n}`))
  expect(peak).toBeLessThanOrEqual(AT_ONCE)
})

it('waits once for a provider that keeps silent, however many cards it is to have', async () => {
  let asked = 0
  const url = await serve(() => {
    asked++
  })
  const reader = openReader()
  const digests = Array.from({ length: COUNT }, (_, n) => bytesToHex(sha256(Uint8Array.of(n))))
  const results = await Promise.allSettled(digests.map((digest) => reader.card(digest, [url])))
  expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  expect(asked).toBeLessThanOrEqual(AT_ONCE)
})
