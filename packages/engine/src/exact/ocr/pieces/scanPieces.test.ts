import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanLiterally } from '../reference/scanLiterally.ts'
import type { Area } from './area.ts'
import { type OddsMap, scanPieces } from './scanPieces.ts'
import type { ScanState } from './scanRow.ts'

/** A map drawn with characters: a dot is no text, a digit text of that value times ten. */
function drawn(picture: string): OddsMap {
  const rows = picture.trim().split(/\s+/)
  return {
    width: rows[0]?.length ?? 0,
    height: rows.length,
    data: Int8Array.from(rows.join(''), (cell) => (cell === '.' ? -128 : 10 * Number(cell))),
  }
}

const boxes = (pieces: readonly Area[]) => pieces.map(({ left, top, right, bottom }) => [left, top, right, bottom])

/** Random maps: the denser, the more their areas wind round each other. */
const arbitraryMap = fc
  .tuple(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 0, max: 14 }))
  .chain(([width, height]) =>
    fc
      .array(fc.oneof(fc.constantFrom(-128, 127), fc.integer({ min: -16, max: 12 })), {
        minLength: width * height,
        maxLength: width * height,
      })
      .map((data): OddsMap => ({ width, height, data: Int8Array.from(data) })),
  )

describe('scanPieces', () => {
  test('joins what touches at corners, and what meets further down', () => {
    const corners = `
      111....22
      111...22.
      111..22..
      ...11....
      111......`
    expect(scanPieces(drawn(corners))).toEqual([
      { left: 0, top: 0, right: 9, bottom: 5, pixels: 20, sum: 20 * 10 + 6 * 10 },
    ])
  })

  test('orders pieces by where they end, and leaves out specks and what is faint', () => {
    const picture = `
      111.111.000.111
      111.111.000.111
      111.111.000....
      111............
      ...111111111111`
    expect(boxes(scanPieces(drawn(picture)))).toEqual([
      [4, 0, 7, 3],
      [0, 0, 15, 5],
    ])
  })

  test('finds what the definition says, in every state as well', () => {
    fc.assert(
      fc.property(arbitraryMap, (map) => {
        const states: ScanState[] = []
        const counts: number[] = []
        const pieces = scanPieces(map, (state, count) => {
          states.push(state)
          counts.push(count)
        })
        expect({ pieces, states, counts }).toEqual(scanLiterally(map))
      }),
      { numRuns: 300 },
    )
  })

  test('reads the first 64 runs of a row', () => {
    const wide = fc.tuple(fc.integer({ min: 126, max: 170 }), fc.integer({ min: 1, max: 5 })).chain(([width, height]) =>
      fc
        .array(fc.oneof({ weight: 9, arbitrary: fc.boolean() }, { weight: 1, arbitrary: fc.constant(false) }), {
          minLength: width * height,
          maxLength: width * height,
        })
        .map(
          (text): OddsMap => ({
            ...{ width, height },
            data: Int8Array.from(text, (is, i) => ((i % 2 === 0) === is ? 50 : -50)),
          }),
        ),
    )
    const comb: OddsMap = { width: 140, height: 1, data: Int8Array.from({ length: 140 }, (_, i) => (i % 2 ? -128 : 0)) }
    const check = (map: OddsMap) => {
      const states: ScanState[] = []
      const pieces = scanPieces(map, (state) => states.push(state))
      expect({ pieces, states }).toEqual({ pieces: scanLiterally(map).pieces, states: scanLiterally(map).states })
      return states
    }
    expect(check(comb)[0]?.runs).toHaveLength(64)
    fc.assert(
      fc.property(wide, (map) => void check(map)),
      { numRuns: 40 },
    )
  })

  test('stops at 256 pieces', () => {
    const map = drawn(`${`${'111.'.repeat(20)} `.repeat(3)}${'.'.repeat(80)} `.repeat(15))
    expect(scanPieces(map)).toHaveLength(256)
    expect(scanLiterally(map).pieces).toEqual(scanPieces(map))
  })
})
