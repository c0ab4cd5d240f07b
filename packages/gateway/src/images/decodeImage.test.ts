import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from './decodeImage.ts'

/** Left half red, right half blue. */
function halves(width: number, height: number) {
  const pixels = Buffer.alloc(width * height * 3)
  for (let i = 0; i < width * height; i++) pixels[3 * i + (i % width < width / 2 ? 0 : 2)] = 255
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

const pixel = (data: Uint8Array, i: number) => [...data.subarray(3 * i, 3 * i + 3)]

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const head = Buffer.alloc(4)
  const tail = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

/** A PNG whose header claims a size, with as many zero rows as given, deflated to next to nothing. */
function pngOf(width: number, height: number, rows = height): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const data = deflateSync(Buffer.alloc(rows * (1 + 3 * width)))
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

describe('decodeImage', () => {
  it.each([
    ['png', {}],
    ['webp', { lossless: true }],
    ['gif', {}],
    ['tiff', { compression: 'lzw' }],
  ] as const)('reads %s to RGB, NHWC', async (format, options) => {
    const tensor = await decodeImage(await halves(16, 8).toFormat(format, options).toBuffer())
    expect(tensor).toMatchObject({ name: 'image', dtype: 'u8', dims: [1, 8, 16, 3] })
    expect([pixel(tensor.data, 0), pixel(tensor.data, 15)]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ])
  })

  it('reads jpeg, in CMYK too', async () => {
    for (const space of ['srgb', 'cmyk'] as const) {
      const { dims } = await decodeImage(await halves(16, 8).toColourspace(space).jpeg().toBuffer())
      expect(dims).toEqual([1, 8, 16, 3])
    }
  })

  it('turns as EXIF says', async () => {
    const tensor = await decodeImage(await halves(16, 8).withMetadata({ orientation: 6 }).png().toBuffer())
    expect(tensor.dims).toEqual([1, 16, 8, 3])
    // Turned clockwise, what was left is on top.
    expect([pixel(tensor.data, 0), pixel(tensor.data, 8 * 16 - 1)]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ])
  })

  it('makes what is transparent white', async () => {
    const clear = sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    expect(pixel((await decodeImage(await clear.png().toBuffer())).data, 0)).toEqual([255, 255, 255])
  })

  it('makes three channels of 8 bits from grey and from 16 bits', async () => {
    const grey = await halves(8, 8).greyscale().png().toBuffer()
    const deep = await halves(8, 8).toColourspace('rgb16').png().toBuffer()
    for (const bytes of [grey, deep]) {
      const { dims, data } = await decodeImage(bytes)
      expect([dims, data.length]).toEqual([[1, 8, 8, 3], 192])
    }
    expect(pixel((await decodeImage(deep)).data, 0)).toEqual([255, 0, 0])
  })

  it('takes the first frame of an animation', async () => {
    const frame = (value: number) => ({
      create: { width: 8, height: 8, channels: 3 as const, background: { r: value, g: 0, b: 0 } },
    })
    const gif = await sharp([await sharp(frame(255)).png().toBuffer(), await sharp(frame(0)).png().toBuffer()], {
      join: { animated: true },
    })
      .gif()
      .toBuffer()
    const { dims, data } = await decodeImage(gif)
    expect([dims, pixel(data, 0)]).toEqual([
      [1, 8, 8, 3],
      [255, 0, 0],
    ])
  })

  const png = () => halves(64, 64).png().toBuffer()
  const bad: Record<string, [string | RegExp, () => Buffer | Promise<Buffer>]> = {
    nothing: ['its type is unknown', () => Buffer.alloc(0)],
    text: ['its type is unknown', () => Buffer.from('hello')],
    'an SVG, which could name files': [
      'its type is unknown',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'),
    ],
    'a PDF': ['its type is unknown', () => Buffer.from('%PDF-1.7')],
    'a BMP': ['its type is unknown', () => Buffer.from('BM\0\0\0\0\0\0\0\0\0\0')],
    'a signature alone': ["it can't be decoded", () => Buffer.from('89504e470d0a1a0a', 'hex')],
    'a JPEG that is cut off': [
      "it can't be decoded",
      async () => (await halves(640, 640).jpeg().toBuffer()).subarray(0, 900),
    ],
    'a PNG that is cut off': ["it can't be decoded", async () => (await png()).subarray(0, 120)],
    'a PNG with fewer rows than it says': ["it can't be decoded", () => pngOf(64, 64, 10)],
    'a WebP that is cut off': [
      "it can't be decoded",
      async () => (await halves(640, 640).webp().toBuffer()).subarray(0, 60),
    ],
    'too few pixels a side': ['it is 7×64 pixels', () => halves(7, 64).png().toBuffer()],
    'too many pixels a side': ['it is 4097×8 pixels', () => halves(4097, 8).png().toBuffer()],
    'too many pixels': ['it is 4096×4000 pixels', () => pngOf(4096, 4000)],
    'a bomb of 3.6 gigabytes in 3.6 kilobytes': ['it is 30000×40000 pixels', () => pngOf(30_000, 40_000, 10)],
    'a size that overflows': [/pixels|decoded/, () => pngOf(0x7fffffff, 0x7fffffff, 0)],
    'no size': ["it can't be decoded", () => pngOf(0, 0)],
  }
  it.each(Object.entries(bad))('refuses %s', async (_, [why, bytes]) => {
    const refused = expect(decodeImage(await bytes())).rejects
    await refused.toMatchObject({ code: 'INVALID_IMAGE', status: 400, hint: expect.stringMatching(/./) })
    await expect(decodeImage(await bytes())).rejects.toThrow(why)
  })

  it('refuses bytes under a signature, whatever they are, as a bad image and nothing else', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const bytes = Buffer.from(await png())
      for (let i = 0; i < 20; i++)
        bytes[8 + ((seed * 7919 + i * 104_729) % (bytes.length - 8))] = (seed * 31 + i * 17) & 255
      const result = await decodeImage(bytes).catch((error: unknown) => error)
      expect(result).toSatisfy((r: { code?: string; dtype?: string }) => r.code === 'INVALID_IMAGE' || r.dtype === 'u8')
    }
  })
})
