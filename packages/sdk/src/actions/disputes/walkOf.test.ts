import { expect, test } from 'vitest'
import { walkOf } from './walkOf.ts'

const state = { phase: 2, below: 9, row: 5, index: 0n }
const at = (name: string, ...args: readonly unknown[]) => ({
  transaction: '0x01' as const,
  from: '0x0000000000000000000000000000000000000001' as const,
  gasUsed: 1n,
  call: { name, args: [1n, state, ...args] },
})
const hash = `0x${'11'.repeat(32)}` as const

test('tells the rows of a game, each with what was picked of it, with and without the names of tensors', () => {
  const moves = [at('challenge'), at('commit', 301, [hash, hash]), at('descend', 1n, hash, [])]
  const { steps, levels } = walkOf(moves)
  expect(steps.map(({ by, move }) => `${by} ${move}`)).toEqual([
    'challenger challenge',
    'seller commit',
    'challenger descend',
  ])
  // Beneath the second node of the row lie sixteen entries each, of which there are 301.
  expect(levels).toEqual([{ of: '301 tensors of the computation', cells: 2, picked: 1, holds: 'tensors 16 to 31' }])
  expect(walkOf([...moves.slice(0, 2), at('descend', 18n, hash, [])]).levels[0]?.holds).toBe('tensors 288 to 300')
  const bottom = { ...state, below: 0, row: 0 }
  const last = { ...at('descend', 2n, hash, []), call: { name: 'descend', args: [1n, bottom, 2n, hash, []] } }
  expect(walkOf([moves[1] ?? last, last]).levels[0]?.holds).toBe('tensor 2')
  expect(walkOf([moves[1] ?? last, last], ['a', 'b', 'c']).levels[0]?.holds).toBe('tensor 2, "c"')
})

test('tells a transaction that it can not read as a move, and goes on', () => {
  const unread = { ...at('commit'), call: undefined }
  expect(walkOf([unread]).steps).toEqual([{ by: 'challenger', move: 'unknown', gas: 1n, words: 'moves' }])
})
