import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resampleLiterally } from '../reference/resampleLiterally.ts'
import { arbitraryPage, arbitraryWindow } from '../testing/arbitraryPage.ts'
import { resample } from './resample.ts'

describe('resample', () => {
  test('copies what is drawn at its own size, and lets the edge go on', () => {
    const page = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 7, 8, 9) }
    const box = { left: -1, top: 0, right: 3, bottom: 2 }
    expect([...resample(page, { box, width: 4, height: 2 }).data]).toEqual([
      1, 2, 3, 1, 2, 3, 7, 8, 9, 7, 8, 9, 1, 2, 3, 1, 2, 3, 7, 8, 9, 7, 8, 9,
    ])
  })

  test('takes means of what it reduces, halves upwards', () => {
    const page = { width: 2, height: 2, data: Uint8Array.of(0, 0, 255, 0, 0, 255, 1, 0, 255, 1, 2, 255) }
    const box = { left: 0, top: 0, right: 2, bottom: 2 }
    expect([...resample(page, { box, width: 1, height: 1 }).data]).toEqual([1, 1, 255])
  })

  test('is the double sum of the specification', () => {
    fc.assert(
      fc.property(
        arbitraryPage().chain((page) => fc.tuple(fc.constant(page), arbitraryWindow(page))),
        ([page, window]) => {
          expect(resample(page, window)).toEqual(resampleLiterally(page, window))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('draws at the same size what the double sum gives', () => {
    fc.assert(
      fc.property(
        arbitraryPage().chain((page) => fc.tuple(fc.constant(page), arbitraryWindow(page))),
        ([page, { box }]) => {
          const window = { box, width: box.right - box.left, height: box.bottom - box.top }
          expect(resample(page, window)).toEqual(resampleLiterally(page, window))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('does not overflow where the most white is reduced the furthest', () => {
    // The largest box that a page can give (frameFor, boxOf), drawn in the narrowest way (stripFor).
    const page = { width: 4096, height: 8, data: new Uint8Array(4096 * 8 * 3).fill(255) }
    const box = { left: -1800, top: -1800, right: 6000, bottom: 6040 }
    expect(resample(page, { box, width: 44, height: 48 }).data.every((value) => value === 255)).toBe(true)
  })
})
