import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleDigest, bytesToHex, type ModelCard, merkleRoot } from '@stoa/protocol'
import { blockResponse, memoryBlobStore } from '@stoa/storage'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { ListedModel } from '../market/market.ts'
import { textFilesFetcher } from './fetchTextFiles.ts'

const store = memoryBlobStore()
const pace = { graceMs: 2_000, bytesPerSecond: 1e6 }
let folder: string
let asked: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-texts-'))
  asked = []
})
afterEach(() => rmSync(folder, { recursive: true }))

type Answer = (path: string, response: ServerResponse) => unknown
const gives: Answer = async (path, response) => {
  const block = await blockResponse(store, path.replace('/v1/blocks/', ''))
  response.writeHead(block.status, Object.fromEntries(block.headers))
  response.end(new Uint8Array(await block.arrayBuffer()))
}
const refuses: Answer = (_, response) => response.writeHead(503).end()
const lies: Answer = (_, response) => response.writeHead(200).end('another file')

async function endpoint(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    void answer(request.url ?? '', response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A model with a tokenizer and weights, offered at these endpoints. */
async function modelAt(...endpoints: string[]): Promise<ListedModel> {
  const contents = { 'model.onnx': new Uint8Array(1000).fill(1), 'tokenizer.json': new Uint8Array(700).fill(2) }
  const files = await Promise.all(
    Object.entries(contents).map(async ([path, bytes]) => {
      const { cid } = await store.put(bytes)
      return { path, cid, bytes: bytes.length, root: bytesToHex(merkleRoot(bytes)) }
    }),
  )
  const card = { name: 'm', files } as unknown as ModelCard
  const listings = endpoints.map((url) => ({ provider: { endpoint: url } }))
  const weightsDigest = bundleDigest(files)
  return { name: 'm', modelId: 1n, version: 1, card, weightsDigest, listings } as unknown as ListedModel
}

test('only what texts take is fetched, from the first who gives it, and needs nobody afterwards', async () => {
  const model = await modelAt(await endpoint(refuses), await endpoint(lies), await endpoint(gives))
  const fetchFiles = textFilesFetcher({ folder, pace })
  const files = await fetchFiles(model, ['tokenizer.json'])
  expect(Object.keys(files)).toEqual(['tokenizer.json'])
  expect([...readFileSync(files['tokenizer.json'] ?? '')]).toEqual(Array(700).fill(2))
  const tokenizer = model.card.files.find(({ path }) => path === 'tokenizer.json')
  expect(new Set(asked)).toEqual(new Set([`/v1/blocks/${tokenizer?.cid}`]))
  asked = []
  expect(await fetchFiles({ ...model, listings: model.listings.slice(2) }, ['tokenizer.json'])).toEqual(files)
  expect(asked).toEqual([])
})

test('the error says who was asked and why it came to nothing', async () => {
  const [none, other] = [await endpoint(refuses), await endpoint(lies)]
  const fetching = textFilesFetcher({ folder, pace })(await modelAt(none, other), ['tokenizer.json'])
  await expect(fetching).rejects.toMatchObject({
    ...{ code: 'TOKENIZER_UNAVAILABLE', status: 503, retry: true },
    shortMessage: 'Texts of "m" can\'t be read: nobody gives tokenizer.json.',
    details: expect.stringMatching(new RegExp(`^${none}: .+\n${other}: .+`)),
  })
})

test('files that are not in the card, too large, or not those of the ledger are never asked for', async () => {
  const model = await modelAt(await endpoint(gives))
  const fetchFiles = textFilesFetcher({ folder, pace })
  await expect(fetchFiles(model, ['vocab.json'])).rejects.toThrow('its card names no vocab.json')
  const files = model.card.files.map((file) => ({ ...file, bytes: (64 << 20) + 1 }))
  const large = { ...model, card: { ...model.card, files } }
  await expect(fetchFiles(large, ['tokenizer.json'])).rejects.toThrow('tokenizer.json has 67108865 bytes')
  const foreign = { ...model, weightsDigest: `0x${'12'.repeat(32)}` } as const
  await expect(fetchFiles(foreign, ['tokenizer.json'])).rejects.toThrow('nobody gives tokenizer.json')
  expect(asked).toEqual([])
})
