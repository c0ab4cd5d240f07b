import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadExactGraph, openReference } from '../../exact/index.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { Emitter } from '../emit/emitter.ts'
import { silu } from './functions.ts'
import { table } from './table.ts'

test('a table is the function, rounded to the grid', async () => {
  const range = fc.tuple(fc.integer({ min: -300, max: 20 }), fc.integer({ min: 0, max: 300 }))
  await fc.assert(
    fc.asyncProperty(range, fc.double({ min: 0.001, max: 0.5, noNaN: true }), async ([lo, span], scale) => {
      const hi = lo + span
      const emitter = new Emitter()
      const input = emitter.input('x', 'i32', [span + 1], { lo, hi })
      const x = { name: emitter.cast(input, 'f32'), type: 'f32' as const, scale, lo, hi }
      const y = table({ emitter, x, fn: silu, grid: { scale: 1 / 64, lo: -100, hi: 5000 } })
      emitter.output(y.name, 'y', 'f32')
      const executor = openReference(loadExactGraph(writeOnnxModel(emitter.model())))
      const data = Int32Array.from({ length: span + 1 }, (_, i) => lo + i)
      const outputs = await executor.run(new Map([['x', { type: 'i32', dims: [span + 1], data }]]))
      for (const [i, value] of Array.from(outputs.get('y')?.data ?? [], Number).entries()) {
        const real = Math.min(5000 / 64, Math.max(-100 / 64, silu((lo + i) * scale)))
        expect(Math.abs(value / 64 - real)).toBeLessThanOrEqual(1 / 128 + 1e-12)
      }
    }),
    { numRuns: 20 },
  )
})

test('a table for too many integers is refused', () => {
  const emitter = new Emitter()
  const x = { name: 'x', type: 'f32' as const, scale: 1, lo: 0, hi: 100_000 }
  expect(() => table({ emitter, x, fn: Math.abs, grid: { scale: 1, lo: 0, hi: 1 } })).toThrow('100001 integers')
})
