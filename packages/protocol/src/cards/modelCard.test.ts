import { expect, it } from 'vitest'
import { encodeModelCard, InvalidCardError, type ModelCard, parseModelCard } from './modelCard.ts'

const card: ModelCard = {
  stoa: 'model-card/1',
  name: 'stoa/ocr',
  task: 'ocr',
  title: 'OCR',
  description: 'Reads text in images.',
  licence: 'Apache-2.0',
  source: 'PP-OCRv4',
  files: [{ path: 'det.onnx', cid: `b${'a'.repeat(58)}`, bytes: 1, root: `0x${'0'.repeat(64)}` }],
}

it('comes back as it went', () => {
  expect(parseModelCard(encodeModelCard(card))).toEqual(card)
})

it.each([
  ['other than JSON', '{'],
  ['another version', JSON.stringify({ ...card, stoa: 'model-card/2' })],
  ['a name that is markup', JSON.stringify({ ...card, name: '<script>' })],
  ['a path that leaves the folder', JSON.stringify({ ...card, files: [{ ...card.files[0], path: '../x' }] })],
  ['no files', JSON.stringify({ ...card, files: [] })],
  ['10 MB', ' '.repeat(10_000_000)],
])('refuses %s', (_what, text) => {
  expect(() => parseModelCard(new TextEncoder().encode(text))).toThrow(InvalidCardError)
})
