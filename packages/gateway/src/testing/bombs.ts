import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)]
  head.writeUInt32BE(data.length)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

function png(width: number, height: number, deflated: Uint8Array): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflated), chunk('IEND', Buffer.alloc(0))])
}

/** A PNG whose header claims a size that nothing in it has. */
export const claimedPng = (width: number, height: number): Buffer => png(width, height, deflateSync(Buffer.alloc(64)))

/** A PNG of black pixels, deflated a thousandfold: as many bytes of them as given, whatever the header says. */
export function paddedPng(width: number, height: number, bytes = height * (1 + 3 * width)): Buffer {
  // Deflated in pieces that each end on a byte boundary: no buffer of the whole has to be here.
  const PIECE = 16 << 20
  const whole = deflateSync(Buffer.alloc(PIECE), { finishFlush: 2 })
  const [header, body] = [whole.subarray(0, 2), whole.subarray(2)]
  const pieces = Math.max(1, Math.floor(bytes / PIECE))
  return png(width, height, Buffer.concat([header, ...Array.from({ length: pieces }, () => body)]))
}

/** A TIFF whose directories point at each other and past its end. */
export function damagedTiff(): Buffer {
  const file = Buffer.alloc(64)
  file.write('II*\0', 'latin1')
  file.writeUInt32LE(8, 4)
  file.writeUInt16LE(4, 8)
  for (let i = 0; i < 4; i++) {
    file.writeUInt16LE(256 + i, 10 + 12 * i)
    file.writeUInt16LE(4, 12 + 12 * i)
    file.writeUInt32LE(0x7fffffff, 14 + 12 * i)
    file.writeUInt32LE(0xfffffff0, 18 + 12 * i)
  }
  file.writeUInt32LE(8, 58)
  return file
}

/** An image that is slow to decode for its size. */
export function laboriousWebp(): Promise<Buffer> {
  const background = { r: 9, g: 9, b: 9 }
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 }
  return sharp({ create: { width: 1_500, height: 1_500, channels: 3, background, noise } })
    .webp({ lossless: true, effort: 0 })
    .toBuffer()
}
