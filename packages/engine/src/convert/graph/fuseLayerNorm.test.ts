import { describe, expect, test } from 'vitest'
import { expectSameAnswer, opsOf, parseSmallGraph } from '../testing/sameAnswer.ts'
import { floats, ints, node, type SmallGraph, type SmallNode } from '../testing/smallGraph.ts'
import { fuseLayerNorm } from './fuseLayerNorm.ts'

const keep = { keep_dims: { b: true } }
const x = floats([1, 2, 4, -8, 0.5, 0.25, 3, -1, 7, 7, 7, 7], [3, 4])

/** Layer normalisation in the order of operations of TensorFlow's transformers; `change` replaces nodes by name. */
function layerNorm(change: Readonly<Record<string, SmallNode>> = {}): SmallGraph {
  const nodes = [
    node('mean', 'Mean', ['x', 'last'], keep),
    node('difference', 'Sub', ['x', 'mean']),
    node('square', 'Square', ['difference']),
    node('variance', 'Mean', ['square', 'last'], keep),
    node('safe', 'Add', ['variance', 'epsilon']),
    node('inverse', 'Rsqrt', ['safe']),
    node('weight', 'Mul', ['scale', 'inverse']),
    node('scaled', 'Mul', ['weight', 'difference']),
    node('out', 'Add', ['scaled', 'bias']),
  ]
  return {
    nodes: nodes.map((n) => change[n.name] ?? n),
    constants: {
      last: ints([-1]),
      first: ints([0]),
      epsilon: floats([1e-3], []),
      scale: floats([1, 2, 3, 4]),
      bias: floats([0.1, 0.2, 0.3, 0.4]),
      table: floats(Array(12).fill(0.5), [3, 4]),
    },
    feeds: { x },
  }
}

describe('layer normalisation', () => {
  test.each<[string, SmallGraph]>([
    ['as TensorFlow writes it', layerNorm()],
    [
      'with factors and terms exchanged',
      layerNorm({
        safe: node('safe', 'Add', ['epsilon', 'variance']),
        weight: node('weight', 'Mul', ['inverse', 'scale']),
        scaled: node('scaled', 'Mul', ['difference', 'weight']),
        out: node('out', 'Add', ['bias', 'scaled']),
      }),
    ],
  ])('%s becomes one operation that answers the same', async (_, graph) => {
    expect(opsOf(fuseLayerNorm(parseSmallGraph(graph)))).toEqual(['LayerNormalization'])
    await expectSameAnswer(graph)
  })

  test.each<[string, SmallGraph]>([
    ['a mean over another axis', layerNorm({ mean: node('mean', 'Mean', ['x', 'first'], keep) })],
    ['a variance of something else', layerNorm({ square: node('square', 'Square', ['x']) })],
    ['a scale that is no vector', layerNorm({ weight: node('weight', 'Mul', ['table', 'inverse']) })],
    ['another function of the variance', layerNorm({ inverse: node('inverse', 'Tanh', ['safe']) })],
  ])('%s is something else, and stays', async (_, graph) => {
    expect(opsOf(fuseLayerNorm(parseSmallGraph(graph)))).not.toContain('LayerNormalization')
    await expectSameAnswer(graph)
  })
})
