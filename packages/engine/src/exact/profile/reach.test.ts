import { describe, expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { Emitter } from '../../quantize/emit/emitter.ts'
import { loadExactGraph } from './loadExactGraph.ts'

// Half the weights are 1, half −1, and inputs lie between 1000 and 1001: the sum is small, sums of some of its terms are not.
const TERMS = 4096
const signs = Float32Array.from({ length: TERMS }, (_, i) => (i < TERMS / 2 ? 1 : -1))

function load(form: 'MatMul' | 'Conv', build: (emit: Emitter, sum: string) => string, least = 1000): () => unknown {
  const emit = new Emitter()
  const dims = form === 'MatMul' ? [2, TERMS] : [1, TERMS, 2, 2]
  const weights = form === 'MatMul' ? [TERMS, 1] : [1, TERMS, 1, 1]
  const x = emit.cast(emit.input('x', 'i32', dims, { lo: least, hi: least + 1 }), 'f32')
  const sum = emit.node(form, [x, emit.constant({ type: 'f32', dims: weights, data: signs })])
  emit.output(build(emit, sum), 'out', 'f32')
  return () => loadExactGraph(writeOnnxModel(emit.model()))
}

const round = (emit: Emitter, x: string) => emit.node('Round', [x])
const scale = (emit: Emitter, x: string, by: number) => emit.node('Mul', [x, emit.f32(by)])

describe('a kernel may take up what follows a sum before the sum is complete', () => {
  // ONNX Runtime 1.30 gave wrong numbers for each of these, having made one kernel of the sum and what follows it.
  test.each([
    [
      'MatMul',
      'a finer bias',
      (emit: Emitter, sum: string) => round(emit, emit.node('Add', [sum, emit.f32(2 ** -10)])),
    ],
    ['MatMul', 'a scale', (emit: Emitter, sum: string) => scale(emit, sum, 4095)],
    ['Conv', 'a scale', (emit: Emitter, sum: string) => scale(emit, sum, 4095)],
    ['Conv', 'a scale, moved first', (emit: Emitter, sum: string) => scale(emit, emit.node('Identity', [sum]), 4095)],
    [
      'Conv',
      'a residual of a finer unit',
      (emit: Emitter, sum: string) =>
        round(emit, emit.node('Add', [sum, scale(emit, emit.node('Relu', [sum]), 2 ** -10)])),
    ],
  ] as const)('%s with %s is refused where sums of some terms do not fit', (form, _, build) => {
    expect(load(form, build)).toThrow('units of 2^')
    expect(load(form, build, 0)).not.toThrow()
  })

  test('rounding and clipping end it', () => {
    const clipped = (emit: Emitter, sum: string) =>
      scale(emit, emit.node('Clip', [sum, emit.f32(-2047), emit.f32(2047)]), 4095)
    expect(load('Conv', clipped)).not.toThrow()
  })

  test('a shift to the right costs nothing', () => {
    expect(load('Conv', (emit, sum) => round(emit, scale(emit, sum, 2 ** -7)))).not.toThrow()
  })
})

test('a unit below the smallest normal number is refused', () => {
  const tiny = (emit: Emitter, sum: string) => round(emit, scale(emit, scale(emit, sum, 2 ** -80), 2 ** -80))
  expect(load('Conv', tiny)).toThrow('too small for f32')
})
