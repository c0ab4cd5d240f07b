import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { claimedPng, damagedTiff, laboriousWebp, paddedPng } from '../testing/bombs.ts'
import { createImageDecoder, type ImageDecoder } from './createImageDecoder.ts'
import { decodeImage } from './decodeImage.ts'

const decoder = createImageDecoder({ milliseconds: 60_000 })
const opened: ImageDecoder[] = [decoder]
const open = (parameters: Parameters<typeof createImageDecoder>[0]) => {
  const one = createImageDecoder(parameters)
  opened.push(one)
  return one
}
afterAll(() => {
  for (const one of opened) one.close()
})

const noise = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
  })

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#888' } })
    .png()
    .toBuffer()

test('decodes as in this process, to the byte', async () => {
  for (const format of ['png', 'jpeg', 'webp', 'gif', 'tiff'] as const) {
    const bytes = await noise(120, 80).toFormat(format).toBuffer()
    expect(await decoder.decode(bytes)).toEqual(await decodeImage(bytes))
  }
})

test('the largest image that is taken fits', async () => {
  const { dims } = await decoder.decode(await plain(4_000, 4_000))
  expect(dims).toEqual([1, 4_000, 4_000, 3])
})

test.each([
  ['a PNG that says it is 30,000 by 30,000', () => claimedPng(30_000, 30_000), 'it is 30000×30000 pixels'],
  ['a real one of 30,000 by 30,000, 2.7 GB of pixels in 2.6 MB', () => paddedPng(30_000, 30_000), 'it is 30000×30000'],
  ['a PNG with a gigabyte of pixels more than it says', () => paddedPng(16, 16, 1 << 30), undefined],
  ['a TIFF whose tables lead nowhere', damagedTiff, "can't be"],
  ['no image', () => Buffer.from('GIF98a..............'), 'its type is unknown'],
])('refuses or reads %s, and goes on', async (_, make, why) => {
  const outcome = await decoder.decode(await make()).then(
    () => 'read',
    (error: unknown) => error,
  )
  if (why === undefined && outcome === 'read') expect(outcome).toBe('read')
  else
    expect(outcome).toMatchObject({ name: 'InvalidImageError', status: 400, why: expect.stringContaining(why ?? '') })
  expect((await decoder.decode(await noise(16, 16).png().toBuffer())).dims).toEqual([1, 16, 16, 3])
})

test('one that takes longer than it may is ended, and the next is decoded', async () => {
  const impatient = open({ processes: 1, milliseconds: 1 })
  const slow = await laboriousWebp()
  // The first run starts the process, whose time is its own.
  await expect(impatient.decode(slow)).rejects.toMatchObject({
    code: 'INVALID_IMAGE',
    why: 'decoding it takes longer than 0.001 s',
  })
})

test.runIf(process.platform === 'linux')('one that takes more memory than it may ends alone', async () => {
  // Below 32 MB some processes don't even start; the large image takes more than 128.
  const small = open({ processes: 1, memoryMb: 64 })
  const large = await plain(4_000, 4_000)
  await expect(small.decode(large)).rejects.toMatchObject({ code: 'INVALID_IMAGE' })
  expect((await small.decode(await noise(16, 16).png().toBuffer())).dims).toEqual([1, 16, 16, 3])
})

test('more than may wait are refused at once, to be tried again; who hangs up waits for nothing', async () => {
  const narrow = open({ processes: 1, most: 2 })
  const bytes = await noise(1_000, 1_000).png().toBuffer()
  const [first, second] = [narrow.decode(bytes), narrow.decode(bytes, { signal: AbortSignal.timeout(1) })]
  await expect(narrow.decode(bytes)).rejects.toMatchObject({ code: 'OVERLOADED', status: 429, retry: true })
  await expect(second).rejects.toMatchObject({ name: 'TimeoutError' })
  expect((await first).dims).toEqual([1, 1_000, 1_000, 3])
})
