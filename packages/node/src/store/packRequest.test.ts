import { encodeTensors, tensorOf } from '@stoa/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packRequest, unpackRequest } from './packRequest.ts'

const requestOf = (pixels: Uint8Array) => encodeTensors([tensorOf('image', 'u8', [1, 1, pixels.length / 3, 3], pixels)])

test('what is kept of a request is the request', async () => {
  const pixels = fc
    .uint8Array({ maxLength: 3_000 })
    .map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % 3)))
  const check = async (data: Uint8Array) => {
    const request = requestOf(data)
    const kept = await packRequest(request)
    expect(kept.length).toBeLessThanOrEqual(request.length)
    expect(unpackRequest(kept)).toEqual(new Uint8Array(request))
  }
  await fc.assert(fc.asyncProperty(pixels, check))
})

test('a white page takes next to no room, and what was kept before there was any packing is found', async () => {
  const request = requestOf(new Uint8Array(300_000).fill(255))
  expect((await packRequest(request)).length).toBeLessThan(3_000)
  expect(unpackRequest(request)).toEqual(request)
})
