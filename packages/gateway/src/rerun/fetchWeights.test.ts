import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, bundleDigest, bytesToHex, type ModelCard, merkleRoot } from '@stoa/protocol'
import { blockResponse, memoryBlobStore } from '@stoa/storage'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { ListedModel, Listing } from '../market/market.ts'
import { weightsFetcher } from './fetchWeights.ts'

const content = new Uint8Array(1000).fill(7)
const store = memoryBlobStore()
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-fetch-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

type Answer = (path: string, response: ServerResponse) => unknown
const gives: Answer = async (path, response) => {
  const block = await blockResponse(store, path.replace('/v1/blocks/', ''))
  response.writeHead(block.status, Object.fromEntries(block.headers))
  response.end(new Uint8Array(await block.arrayBuffer()))
}
const refuses: Answer = (_, response) => response.writeHead(503).end()
const drips: Answer = (_, response) => response.writeHead(200).write('x')

/** A seller whose endpoint answers so. */
async function seller(address: Address, answer: Answer): Promise<Listing> {
  const server = createServer((request, response) => void answer(request.url ?? '', response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { provider: { address, endpoint } } as Listing
}

async function modelOf(...listings: Listing[]): Promise<ListedModel> {
  const { cid } = await store.put(content)
  const files = [{ path: 'model.onnx', cid, bytes: content.length, root: bytesToHex(merkleRoot(content)) }]
  const card = { name: 'm', files } as unknown as ModelCard
  const weightsDigest = bundleDigest(files)
  return { name: 'm', modelId: 1n, version: 1, card, weightsDigest, listings } as unknown as ListedModel
}

const [BAD, GOOD, OTHER] = ['0xbad', '0x600d', '0x07e4'] as const satisfies Address[]
const pace = { graceMs: 2000, bytesPerSecond: 1e6 }
const never = new AbortController().signal

test.each([
  ['refuses', refuses, 'Could not read from'],
  ['drips', drips, 'comes too slowly'],
])('a seller that %s is told of, and the weights come from another', async (_, answer, why) => {
  const model = await modelOf(await seller(GOOD, gives), await seller(BAD, answer))
  const fetchWeights = weightsFetcher({ folder, holders: () => [], pace })
  const { files, withheld } = await fetchWeights(model, new Set<Address>([BAD]), never)
  expect([...withheld.keys()]).toEqual([BAD])
  expect(withheld.get(BAD)).toContain(why)
  expect([...readFileSync(files?.['model.onnx'] ?? '')]).toEqual([...content])
  // On the disk now: nobody is asked, and nobody told of.
  expect(await fetchWeights(model, new Set<Address>([BAD]), never)).toEqual({ files, withheld: new Map(), reason: '' })
})

test('whoever offers the weights under another name is asked too', async () => {
  const holder = await seller(OTHER, gives)
  const fetchWeights = weightsFetcher({ folder, holders: () => [holder], pace })
  const { files, withheld } = await fetchWeights(
    await modelOf(await seller(BAD, refuses)),
    new Set<Address>([BAD]),
    never,
  )
  expect(files).toBeDefined()
  expect([...withheld.keys()]).toEqual([BAD])
})

test('nobody is blamed for this machine’s disk', async () => {
  const model = await modelOf(await seller(GOOD, gives))
  const fetchWeights = weightsFetcher({ folder: '/dev/null', holders: () => [], pace })
  const { files, withheld, reason } = await fetchWeights(model, new Set<Address>([GOOD]), never)
  expect({ files, blamed: withheld.size }).toEqual({ files: undefined, blamed: 0 })
  expect(reason).toContain('ENOTDIR')
})

test('a gateway that closes stops asking, and blames nobody', async () => {
  const closing = new AbortController()
  const model = await modelOf(await seller(BAD, drips))
  const asking = weightsFetcher({ folder, holders: () => [] })(model, new Set<Address>([BAD]), closing.signal)
  setTimeout(() => closing.abort(new Error('closing')), 20)
  await expect(asking).rejects.toThrow('closing')
})
