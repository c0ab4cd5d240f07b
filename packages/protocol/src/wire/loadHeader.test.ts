import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeLoad, encodeLoad } from './loadHeader.ts'

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1024 }), fc.integer({ min: 0, max: 65_535 }), (capacity, queued) => {
      expect(decodeLoad(encodeLoad({ capacity, queued }))).toEqual({ capacity, queued })
    }),
  )
})

it('takes the nearest for what is out of range, and leaves other members alone', () => {
  expect(decodeLoad('queued=-3, capacity=0')).toEqual({ capacity: 1, queued: 0 })
  expect(decodeLoad('capacity=99999,queued=999999999,region=eu')).toEqual({ capacity: 1024, queued: 65_535 })
})

it.each(['', 'capacity=4', 'capacity=4, queued=many', 'capacity=1e3, queued=2', 'x'.repeat(300)])(
  'is nothing: %s',
  (text) => {
    expect(decodeLoad(text)).toBeUndefined()
  },
)

it('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void decodeLoad(text)))
})
