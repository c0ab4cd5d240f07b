import { expect, test } from 'vitest'
import { buildPieceTrie, NONE, type PieceTrie, ROOT } from './pieceTrie.ts'

const pieces = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'a', 'abc', 'b', 'a', '😀']
const trie = buildPieceTrie({ pieces, scores: new Float64Array(pieces.length) })

test.each([
  ['a piece', 'abc', 7],
  ['the last of equal pieces', 'a', 9],
  ['a beginning of a piece', 'ab', NONE],
  ['more than a piece', 'abcd', NONE],
  ['nothing', '', NONE],
  ['a piece of two code units', '😀', 10],
  ['half of it', '\ud83d', NONE],
  ['a reserved symbol', 'r0', NONE],
])('%s', (_, text, id) => {
  expect(find(trie, text)).toBe(id)
})

function find(tree: PieceTrie, text: string): number {
  let node = ROOT
  for (let i = 0; i < text.length && node !== NONE; i++) node = tree.next(node, text.charCodeAt(i))
  return node === NONE ? NONE : tree.pieceAt(node)
}
