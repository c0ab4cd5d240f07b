import { afterAll, beforeAll, expect, test } from 'vitest'
import { readImage } from '../../inference/ocr/image/readImage.ts'
import { textRequest } from '../../inference/ocr/testing/imageRequest.ts'
import { readPage } from './readPage.ts'
import { openFloatNetworks } from './testing/openFloatNetworks.ts'

let networks: Awaited<ReturnType<typeof openFloatNetworks>>
beforeAll(async () => {
  networks = await openFloatNetworks()
})
afterAll(() => networks.close())

const page = readImage(textRequest(['Open every day', 'from 9 to 17', 'Coffee 2.40']))

test('reads rendered lines, each where it stands', async () => {
  const { lines } = await readPage(networks, page)
  expect(lines.map(({ text }) => text)).toEqual(['Open every day', 'from 9 to 17', 'Coffee 2.40'])
  lines.forEach(({ box: { left, top, right, bottom } }, i) => {
    const baseline = 40 * i + 44
    expect(Math.abs(left - 16)).toBeLessThanOrEqual(8)
    expect(top).toBeLessThan(baseline - 16)
    expect(top).toBeGreaterThan(baseline - 32)
    expect(bottom).toBeGreaterThanOrEqual(baseline)
    expect(bottom).toBeLessThan(baseline + 16)
    expect(right).toBeGreaterThan(left + 100)
  })
})

test('finds nothing on an empty page, and stops when told to', async () => {
  const empty = { width: 40, height: 30, data: new Uint8Array(3600).fill(255) }
  expect(await readPage(networks, empty)).toMatchObject({ pieces: [], lines: [] })
  const reason = new Error('the caller left')
  await expect(readPage(networks, page, AbortSignal.abort(reason))).rejects.toBe(reason)
})
