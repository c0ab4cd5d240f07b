import { expect, it } from 'vitest'
import { placeBubble } from './placeBubble.ts'

const window = { width: 400, height: 300 }
const bubble = { width: 100, height: 20 }

it('goes above the middle', () => {
  expect(placeBubble({ left: 200, top: 100, width: 40, height: 10 }, bubble, window)).toEqual({ left: 170, top: 74 })
})

it('goes below where above is no room', () => {
  expect(placeBubble({ left: 200, top: 10, width: 40, height: 10 }, bubble, window).top).toBe(26)
})

it('stays in the window', () => {
  expect(placeBubble({ left: 0, top: 100, width: 10, height: 10 }, bubble, window).left).toBe(8)
  expect(placeBubble({ left: 390, top: 100, width: 10, height: 10 }, bubble, window).left).toBe(292)
})
