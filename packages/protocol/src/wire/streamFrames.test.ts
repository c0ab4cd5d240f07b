import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFrame, type Frame, readFrames } from './streamFrames.ts'

const frame = (kind: Frame['kind'], ...payload: number[]): Frame => ({ kind, payload: Uint8Array.from(payload) })

async function* chunks(bytes: Uint8Array, cuts: readonly number[]) {
  let at = 0
  for (const cut of [...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(at, cut)
    at = cut
  }
}

const bytesOf = (frames: readonly Frame[]) => Buffer.concat(frames.map(encodeFrame))

async function read(bytes: Uint8Array, cuts: readonly number[] = [], maxBytes = 10_000): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const each of readFrames(chunks(bytes, cuts), maxBytes)) frames.push(each)
  return frames
}

test('gives the frames that were sent, however the bytes are cut', async () => {
  const payload = fc.uint8Array({ maxLength: 40 })
  const pieces = fc.array(
    payload.map((p): Frame => ({ kind: 'piece', payload: p })),
    { maxLength: 8 },
  )
  const last = fc.record({ kind: fc.constantFrom('end' as const, 'failure' as const), payload })
  await fc.assert(
    fc.asyncProperty(pieces, last, fc.array(fc.nat(), { maxLength: 20 }), async (some, end, cuts) => {
      expect(await read(bytesOf([...some, end]), cuts)).toEqual([...some, end])
    }),
  )
})

test.each([
  ['nothing', new Uint8Array(0), 'breaks off'],
  ['pieces without an end', bytesOf([frame('piece', 1)]), 'breaks off'],
  ['half a frame', bytesOf([frame('end', 1, 2, 3)]).subarray(0, 6), 'breaks off'],
  ['two ends', bytesOf([frame('end'), frame('end')]), 'follows its last frame'],
  ['more after the end', Buffer.concat([bytesOf([frame('end')]), Uint8Array.of(1)]), 'follows its last frame'],
  ['another kind', Uint8Array.of(9, 0, 0, 0, 0), 'no frame of kind 9'],
  ['more than is taken', bytesOf([{ kind: 'piece', payload: new Uint8Array(20_000) }]), 'larger than 10000'],
  ['a length beyond what is taken', Uint8Array.of(1, 255, 255, 255, 255), 'larger than 10000'],
])('refuses %s', async (_, bytes, why) => {
  await expect(read(bytes, [3])).rejects.toThrow(why)
})
