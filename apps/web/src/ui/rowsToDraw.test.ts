import { expect, it } from 'vitest'
import { rowsToDraw } from './rowsToDraw.ts'

const range = { startIndex: 10, endIndex: 12, overscan: 1, count: 20 }

it('draws what is near the window', () => {
  expect(rowsToDraw(range, undefined)).toEqual([9, 10, 11, 12, 13])
})

it('keeps the row that has the focus, and those beside it, wherever it is', () => {
  expect(rowsToDraw(range, 0)).toEqual([0, 1, 9, 10, 11, 12, 13])
  expect(rowsToDraw(range, 11)).toEqual([9, 10, 11, 12, 13])
  expect(rowsToDraw(range, 19)).toEqual([9, 10, 11, 12, 13, 18, 19])
})

it('draws nothing that is not there', () => {
  expect(rowsToDraw({ startIndex: 0, endIndex: 0, overscan: 3, count: 1 }, 4)).toEqual([0])
})
