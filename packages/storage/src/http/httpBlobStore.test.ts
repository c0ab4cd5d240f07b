import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type DamageableReaderUnderTest, describeBlobReader, describeDamage } from '../blobStore.common.case.ts'
import type { BlobReader } from '../blobStore.ts'
import { BlobCorruptError, BlobSourceError } from '../errors.ts'
import { memoryBlobStore } from '../memory/memoryBlobStore.ts'
import { MIB } from '../testing.case.ts'
import { blockResponse } from './blockResponse.ts'
import { httpBlobStore } from './httpBlobStore.ts'

const CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

async function listen(
  answer: (path: string, response: ServerResponse) => void,
): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => answer(request.url ?? '', response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

/** A server that hands out the blocks of `store`. */
function serve(store: Pick<BlobReader, 'block'>) {
  return listen(async (path, response) => {
    const answer = await blockResponse(store, path.replace('/v1/blocks/', ''))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(new Uint8Array(await answer.arrayBuffer()))
  })
}

async function openReader(): Promise<DamageableReaderUnderTest> {
  const store = memoryBlobStore()
  const damaged = new Map<string, Uint8Array>()
  const { url, server } = await serve({
    block: async (cid) => damaged.get(cid) ?? store.block(cid),
  })
  return {
    reader: httpBlobStore({ url: `${url}/` }),
    put: store.put,
    async damage(cid, change) {
      damaged.set(cid, change(damaged.get(cid) ?? (await store.block(cid))))
    },
    close: () => close(server),
  }
}

describeBlobReader('httpBlobStore', openReader)
describeDamage('httpBlobStore', openReader)

async function storeAnswering(answer: (path: string, response: ServerResponse) => void, timeoutMs = 60_000) {
  const { url, server } = await listen(answer)
  onTestFinished(() => close(server))
  return httpBlobStore({ url, timeoutMs })
}

test.each([
  [500, true],
  [503, true],
  [429, true],
  [403, false],
])('a server that answers %i: a typed error, retry %s', async (status, retry) => {
  const store = await storeAnswering((_, response) => response.writeHead(status).end())
  for (const call of [store.stat(CID), store.has(CID)]) {
    const error = await call.catch((reason) => reason)
    expect(error).toBeInstanceOf(BlobSourceError)
    expect(error.retry).toBe(retry)
  }
})

test('a server that never answers is given up', async () => {
  const store = await storeAnswering(() => {}, 50)
  await expect(store.stat(CID)).rejects.toMatchObject({ code: 'BLOB_SOURCE', details: 'No block within 50 ms.' })
})

test('a server that starts and hangs is given up', async () => {
  const store = await storeAnswering((_, response) => response.writeHead(200).write('x'), 50)
  await expect(store.stat(CID)).rejects.toThrow(BlobSourceError)
})

test('a server that never stops is cut off after one block', async () => {
  let sent = 0
  const store = await storeAnswering((_, response) => {
    const leaf = Buffer.alloc(64 * 1024)
    const more = () => {
      while (!response.destroyed && response.write(leaf)) sent += leaf.length
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  await expect(store.stat(CID)).rejects.toThrow(BlobCorruptError)
  // What the sockets' buffers take, beyond the one block.
  expect(sent).toBeLessThan(64 * MIB)
})

test('a server that sends us elsewhere is not followed', async () => {
  let asked = 0
  const { url, server } = await listen((_, response) => {
    asked++
    response.end()
  })
  onTestFinished(() => close(server))
  const store = await storeAnswering((path, response) => response.writeHead(302, { location: url + path }).end())
  await expect(store.stat(CID)).rejects.toThrow(BlobSourceError)
  expect(asked).toBe(0)
})

test('no server at all', async () => {
  const { url, server } = await listen(() => {})
  await close(server)
  await expect(httpBlobStore({ url }).stat(CID)).rejects.toMatchObject({ code: 'BLOB_SOURCE', retry: true })
})
