import { expect, test } from 'vitest'
import { InvalidTokenizerError } from '../errors.ts'
import { parseVocabulary } from './parseVocabulary.ts'

const RESERVED_ENTRIES = ['�', '<s>', '</s>', 'x', 'y', 'z'].map((piece) => [piece, 0])
const parse = (...entries: unknown[]) => parseVocabulary(JSON.stringify([...RESERVED_ENTRIES, ...entries]))

test('reads pieces and scores by position; a missing score is 0', () => {
  const { pieces, scores } = parse(['▁the', -3.5], [':', null])
  expect(pieces.slice(5)).toEqual(['z', '▁the', ':'])
  expect([...scores.subarray(5)]).toEqual([0, -3.5, 0])
})

test.each([
  ['no JSON', () => parseVocabulary('[[')],
  ['no list', () => parseVocabulary('{}')],
  ['reserved symbols only', () => parse()],
  ['more pieces than the encoder knows', () => parse(...Array(7997).fill(['a', -1]))],
  ['an entry that is no pair', () => parse('▁the')],
  ['an empty piece', () => parse(['', -1])],
  ['a piece that is no text', () => parse([7, -1])],
  ['a score that is no number', () => parse(['a', 'high'])],
  ['no score', () => parse(['a'])],
])('refuses %s', (_, read) => {
  expect(read).toThrow(InvalidTokenizerError)
})
