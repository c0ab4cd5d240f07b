import { encodeTensors, findTensor, valuesOf } from '@stoa/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeLines } from './encodeLines.ts'
import type { Line } from './layout/orderLines.ts'

const line = (text: string): Line => ({
  rectangle: { center: { x: 10, y: 5 }, along: { x: 1, y: 0 }, width: 9, height: 4 },
  text,
  score: 0.75,
})

test('lays out lines as specs/tasks.md says', () => {
  const response = encodeLines([line('Tea 1.80'), line('茶')])
  expect(response.map(({ name, dtype, dims }) => [name, dtype, ...dims])).toEqual([
    ['text', 'u8', 12],
    ['lines', 'u32', 3],
    ['boxes', 'i32', 2, 4, 2],
    ['scores', 'f32', 2],
  ])
  expect(new TextDecoder().decode(findTensor(response, 'text').data)).toBe('Tea 1.80\n茶')
  expect([...valuesOf(findTensor(response, 'lines'), 'u32')]).toEqual([0, 9, 12])
  expect([...valuesOf(findTensor(response, 'boxes'), 'i32')].slice(0, 8)).toEqual([6, 3, 15, 3, 15, 7, 6, 7])
  expect([...valuesOf(findTensor(response, 'scores'), 'f32')]).toEqual([0.75, 0.75])
})

test('no line is a valid answer', () => {
  const response = encodeLines([])
  expect(response.map(({ dims }) => [...dims])).toEqual([[0], [1], [0, 4, 2], [0]])
  expect(() => encodeTensors(response)).not.toThrow()
})

test('offsets cut the text into the lines again', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => !s.includes('\n'))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
      const response = encodeLines(texts.map(line))
      const bytes = findTensor(response, 'text').data
      const starts = [...valuesOf(findTensor(response, 'lines'), 'u32')]
      expect(starts.at(-1)).toBe(bytes.length)
      const cut = texts.map((_, i) =>
        new TextDecoder().decode(bytes.subarray(starts[i], starts[i + 1])).replace(/\n$/, ''),
      )
      expect(cut).toEqual(texts)
    }),
  )
})
