import { describe, expect, test } from 'vitest'
import { createBpe } from '../bpe/createBpe.ts'
import { classTable } from '../unicode/classTable.ts'
import { readSymbols } from '../unicode/readSymbols.ts'
import { type Pattern, splitText } from './splitText.ts'

const table = classTable()

function pieces(text: string | Uint8Array, pattern: Pattern): string[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)
  const symbols = readSymbols(bytes, table)
  const all: string[] = []
  splitText(symbols, pattern, (from, to) => {
    all.push(bytes.subarray(symbols.start[from], symbols.start[to]).toString(typeof text === 'string' ? 'utf8' : 'hex'))
  })
  return all
}

describe('gpt2', () => {
  test.each([
    ["it's  well", ['it', "'s", ' ', ' well']],
    ["'LL 'll", ["'", 'LL', " '", 'll']],
    ['a\n\nb\n', ['a', '\n', '\n', 'b', '\n']],
    ['a   ', ['a', '   ']],
    ['x 12½ y', ['x', ' 12½', ' y']],
    ['hi!? \t ..', ['hi', '!?', ' \t', ' ..']],
    ['e\u0301', ['e', '\u0301']],
  ])('%j', (text, expected) => expect(pieces(text, 'gpt2')).toEqual(expected))
})

describe('llama3', () => {
  test.each([
    ["it'S 'ſo", ['it', "'S", " '", 'ſo']],
    ["'ſo", ["'ſ", 'o']],
    ['(end)\n\n next', ['(end', ')\n\n', ' next']],
    ['1234567', ['123', '456', '7']],
    ['a \n \n  b', ['a', ' \n \n', ' ', ' b']],
    ['a 1', ['a', ' ', '1']],
    ['\ttab', ['\ttab']],
    ['\n\nx', ['\n\n', 'x']],
  ])('%j', (text, expected) => expect(pieces(text, 'llama3')).toEqual(expected))
})

test('smollm cuts every number off, and what lies between is a text by itself', () => {
  expect(pieces('a  12 b', 'smollm')).toEqual(['a', '  ', '1', '2', ' b'])
})

test('bytes that are not UTF-8 are others', () => {
  expect(pieces(Uint8Array.of(0x20, 0xff, 0xc0, 0x61), 'gpt2')).toEqual(['20ffc0', '61'])
})

describe('vectors of specs/text.md', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text)
  const vocab = [...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)), ...['th', 'the', ' the'].map(utf8)]
  const merges = [
    [0x74, 0x68],
    [256, 0x65],
    [0x20, 257],
  ] as const
  test.each([
    ['the the', 'gpt2', [257, 258]],
    ['the  the', 'gpt2', [257, 32, 258]],
    ['the the', 'none', [257, 258]],
    ['1234', 'llama3', [49, 50, 51, 52]],
    ["'The", 'gpt2', [39, 84, 104, 101]],
    ["'The", 'llama3', [39, 84, 104, 101]],
    [Uint8Array.of(0x74, 0x68, 0xff, 0x65), 'gpt2', [256, 255, 101]],
  ] as const)('%j, %s', (text, pattern, ids) => {
    expect([...createBpe({ vocab, merges, pattern }).encode(text)]).toEqual(ids)
  })
  test('pieces', () => {
    expect(pieces('the  the', 'gpt2')).toEqual(['the', ' ', ' the'])
    expect(pieces("'The", 'llama3')).toEqual(["'T", 'he'])
    expect(pieces("'The", 'gpt2')).toEqual(["'", 'The'])
  })
})
