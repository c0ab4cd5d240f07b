import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidTfjsModelError } from '../errors.ts'
import { sortTopologically } from './sortTopologically.ts'
import type { TfGraph, TfNode } from './tfGraph.ts'

const node = (name: string, ...inputs: string[]): TfNode => ({ name, op: 'Add', inputs, attributes: {} })
const graph = (nodes: TfNode[], ...outputs: string[]): TfGraph => ({
  inputs: [{ name: 'x', kind: 'float', dims: [] }],
  constants: new Map(),
  nodes,
  outputs: new Map(outputs.map((output) => [output, output])),
})
const names = (nodes: TfNode[]) => nodes.map(({ name }) => name)

test('what is read comes first, what no output needs goes', () => {
  const nodes = [node('c', 'a:1', 'b'), node('unused', 'c'), node('b', 'a', 'x'), node('a', 'x')]
  expect(names(sortTopologically(graph(nodes, 'c')))).toEqual(['a', 'b', 'c'])
})

test('the order of the nodes given does not matter', () => {
  const nodes = [node('a', 'x'), node('b', 'x'), node('c', 'b', 'a'), node('d', 'c', 'a')]
  fc.assert(
    fc.property(fc.shuffledSubarray(nodes, { minLength: 4 }), (shuffled) => {
      expect(names(sortTopologically(graph(shuffled, 'd')))).toEqual(['b', 'a', 'c', 'd'])
    }),
  )
})

test('a chain may be long', () => {
  const chain = Array.from({ length: 50_000 }, (_, i) => node(`n${i}`, i === 0 ? 'x' : `n${i - 1}`))
  expect(sortTopologically(graph(chain, 'n49999'))).toHaveLength(50_000)
})

test.each([
  ['a cycle', graph([node('a', 'b'), node('b', 'a')], 'a')],
  ['a node that reads itself', graph([node('a', 'a')], 'a')],
  ['an input that nothing makes', graph([node('a', 'y')], 'a')],
])('refuses %s', (_, bad) => {
  expect(() => sortTopologically(bad)).toThrow(InvalidTfjsModelError)
})
