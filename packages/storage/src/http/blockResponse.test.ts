import { expect, test } from 'vitest'
import { memoryBlobStore } from '../memory/memoryBlobStore.ts'
import { blockResponse } from './blockResponse.ts'

test('a block, cacheable for ever', async () => {
  const store = memoryBlobStore()
  const { cid } = await store.put(new TextEncoder().encode('hello world'))
  const response = await blockResponse(store, cid)
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchInlineSnapshot(`
    {
      "cache-control": "public, max-age=29030400, immutable",
      "content-disposition": "attachment; filename="bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e.bin"",
      "content-length": "11",
      "content-type": "application/vnd.ipld.raw",
      "etag": ""bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e.raw"",
      "x-content-type-options": "nosniff",
    }
  `)
  expect(await response.text()).toBe('hello world')
})

test('what is not here', async () => {
  const response = await blockResponse(memoryBlobStore(), 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
  expect(response.status).toBe(404)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toMatchInlineSnapshot(`
    {
      "error": {
        "code": "UNKNOWN_BLOB",
        "hint": "Fetch it from a store that holds it, or put the bytes again.",
        "message": "No block bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku here.",
        "retry": false,
      },
    }
  `)
})

test('what is no CID', async () => {
  const response = await blockResponse(memoryBlobStore(), '..%2f..%2fetc%2fpasswd')
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchInlineSnapshot(`
    {
      "error": {
        "code": "BAD_REQUEST",
        "hint": "Give a CIDv1 in base32 (59 characters, starting with bafkrei or bafybei): codec raw or dag-pb, hash sha2-256.",
        "message": "Not a CID of a blob: "..%2f..%2fetc%2fpasswd"",
        "retry": false,
      },
    }
  `)
})

test("the server's own trouble: told to the server, not to the caller", async () => {
  const failures: unknown[] = []
  const trouble = new Error('EIO: /secret/path')
  const store = { block: () => Promise.reject(trouble) }
  const cid = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
  const response = await blockResponse(store, cid, { onFailure: (error) => failures.push(error) })
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchInlineSnapshot(`
    {
      "error": {
        "code": "INTERNAL",
        "hint": "Try another store.",
        "message": "The block cannot be read.",
        "retry": true,
      },
    }
  `)
  expect(failures).toEqual([trouble])
})
