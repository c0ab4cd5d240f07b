import { type Tensor, tensorOf, textTensor } from '@stoa/protocol'
import { describe, expect, it } from 'vitest'
import { readOcrAnswer } from './ocr.ts'

const corners = [0, 0, 9, 0, 9, 4, 0, 4]

/** The answer with two lines, changed as given. */
function answer(changes: Partial<Record<'text' | 'lines' | 'boxes' | 'scores', Tensor>> = {}): Tensor[] {
  const honest = {
    text: textTensor('text', 'Stoa\nPoikilē'),
    lines: tensorOf('lines', 'u32', [3], Uint32Array.of(0, 5, 13)),
    boxes: tensorOf('boxes', 'i32', [2, 4, 2], Int32Array.from([...corners, ...corners])),
    scores: tensorOf('scores', 'f32', [2], Float32Array.of(1, 0.5)),
  }
  return Object.values({ ...honest, ...changes })
}

describe('readOcrAnswer', () => {
  it('gives the text, and its lines with boxes and confidences', () => {
    const box = [
      [0, 0],
      [9, 0],
      [9, 4],
      [0, 4],
    ]
    expect(readOcrAnswer(answer())).toEqual({
      text: 'Stoa\nPoikilē',
      lines: [
        { text: 'Stoa', box, confidence: 1 },
        { text: 'Poikilē', box, confidence: 0.5 },
      ],
    })
  })

  it('reads an answer of an exact model, which has no scores', () => {
    const { text, lines } = readOcrAnswer(answer().slice(0, 3))
    expect([text, ...lines.map((line) => Object.keys(line))]).toEqual([
      'Stoa\nPoikilē',
      ['text', 'box'],
      ['text', 'box'],
    ])
  })

  it('reads an image without text', () => {
    const empty = [
      textTensor('text', ''),
      tensorOf('lines', 'u32', [1], Uint32Array.of(0)),
      tensorOf('boxes', 'i32', [0, 4, 2], new Int32Array(0)),
      tensorOf('scores', 'f32', [0], new Float32Array(0)),
    ]
    expect(readOcrAnswer(empty)).toEqual({ text: '', lines: [] })
  })

  it.each<[string, Tensor[]]>([
    ['a tensor missing', answer().slice(1)],
    ['a tensor too many', [...answer(), textTensor('more', '')]],
    ['text that is not UTF-8', answer({ text: tensorOf('text', 'u8', [13], new Uint8Array(13).fill(0xff)) })],
    ['a line cut in a character', answer({ lines: tensorOf('lines', 'u32', [3], Uint32Array.of(0, 12, 13)) })],
    ['lines that end early', answer({ lines: tensorOf('lines', 'u32', [3], Uint32Array.of(0, 5, 12)) })],
    ['lines that go back', answer({ lines: tensorOf('lines', 'u32', [3], Uint32Array.of(0, 14, 13)) })],
    ['too few boxes', answer({ boxes: tensorOf('boxes', 'i32', [1, 4, 2], Int32Array.from(corners)) })],
    ['a score above one', answer({ scores: tensorOf('scores', 'f32', [2], Float32Array.of(1, 2)) })],
    ['a score that is no number', answer({ scores: tensorOf('scores', 'f32', [2], Float32Array.of(1, Number.NaN)) })],
    ['scores of another type', answer({ scores: tensorOf('scores', 'i32', [2], Int32Array.of(1, 1)) })],
  ])('refuses %s', (_, response) => {
    expect(() => readOcrAnswer(response)).toThrow(expect.objectContaining({ code: 'INVALID_TENSOR' }))
  })
})
