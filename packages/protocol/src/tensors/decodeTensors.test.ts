import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeTensors } from './decodeTensors.ts'
import { encodeTensors } from './encodeTensors.ts'
import { InvalidTensorError, type Tensor, tensorOf, textTensor, valuesOf } from './tensor.ts'

const list = [textTensor('text', 'hello'), tensorOf('scores', 'f32', [2], Float32Array.of(1, 2))]

/** The list, or undefined for a refusal; any other failure is thrown. */
function tryDecode(bytes: Uint8Array): Tensor[] | undefined {
  try {
    return decodeTensors(bytes)
  } catch (error) {
    if (error instanceof InvalidTensorError) return undefined
    throw error
  }
}

it('reads no bytes but the canonical ones of what it returns', () => {
  const bytes = encodeTensors(list)
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const altered = Uint8Array.from(bytes)
      altered[at] = (altered[at] ?? 0) ^ flip
      const read = tryDecode(altered)
      if (read) expect(encodeTensors(read)).toEqual(altered)
    }),
    { numRuns: 1000 },
  )
})

it('refuses every truncation and every extension', () => {
  const bytes = encodeTensors(list)
  for (let length = 0; length < bytes.length; length++) expect(tryDecode(bytes.subarray(0, length))).toBeUndefined()
  expect(tryDecode(Uint8Array.of(...bytes, 0))).toBeUndefined()
})

it('refuses junk with a typed error only', () => {
  const magic = encodeTensors([]).subarray(0, 5)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => void tryDecode(Uint8Array.of(...magic, ...junk))))
})

it('refuses sizes that the message does not hold, before allocating them', () => {
  const huge = [...encodeTensors([]).subarray(0, 5), 1, 1, 0x61, 0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
  expect(() => decodeTensors(Uint8Array.from(huge))).toThrow(InvalidTensorError)
})

it('gives values at any alignment', () => {
  const shifted = new Uint8Array(encodeTensors(list).length + 1)
  shifted.set(encodeTensors(list), 1)
  const scores = decodeTensors(shifted.subarray(1))[1]
  expect(scores && [...valuesOf(scores, 'f32')]).toEqual([1, 2])
  expect(() => scores && valuesOf(scores, 'u8')).toThrow('"scores" is f32, u8 is needed')
})
