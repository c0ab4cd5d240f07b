import { describe, expect, test } from 'vitest'
import { OPERATION_CASES } from '../testing/operationCases.ts'
import { expectSameAnswer } from '../testing/sameAnswer.ts'
import { ARITHMETIC } from './translateArithmetic.ts'
import { SHAPES } from './translateShapes.ts'

describe('each operation answers as in TensorFlow.js', () => {
  test.each(OPERATION_CASES)('%s', (_, graph) => expectSameAnswer(graph))

  test('every operation that is translated is among them', () => {
    const tested = new Set(OPERATION_CASES.flatMap(([, graph]) => graph.nodes.map((node) => node.op)))
    // Made by fuseLayerNorm and tested there: TensorFlow has no such operation.
    tested.add('LayerNormalization')
    expect([...Object.keys(ARITHMETIC), ...Object.keys(SHAPES)].filter((op) => !tested.has(op))).toEqual([])
  })
})
