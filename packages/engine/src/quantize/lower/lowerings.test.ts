import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Executor } from '../../exact/executor.ts'
import { loadExactGraph } from '../../exact/profile/index.ts'
import { openReference } from '../../exact/reference/openReference.ts'
import { writeOnnxModel } from '../../onnx/index.ts'
import { Emitter } from '../emit/emitter.ts'
import { byteMatrix, byteProduct } from './byteProduct.ts'
import { toBytes } from './bytes.ts'
import { silu } from './functions.ts'
import { gated, gateTable } from './gating.ts'
import { mixing } from './mixing.ts'
import { rootNorm, rootNormReach } from './rootNorm.ts'
import { WIDE_PLACES, WIDE_ZERO, wideMixing } from './wideMixing.ts'
import { wordTable } from './wordTable.ts'

/** An executor of a small graph over inputs of i32. */
function opened(
  inputs: Readonly<Record<string, { dims: number[]; reach: number }>>,
  emit: (emitter: Emitter, wide: (name: string) => string) => string,
): Executor {
  const emitter = new Emitter()
  for (const [name, { dims, reach }] of Object.entries(inputs))
    emitter.input(name, 'i32', dims, { lo: -reach, hi: reach })
  const result = emit(emitter, (name) => emitter.cast(name, 'f64'))
  emitter.output(emitter.cast(emitter.node('Round', [result]), 'i64'), 'result', 'i64')
  return openReference(loadExactGraph(writeOnnxModel(emitter.model())))
}

async function run(executor: Executor, inputs: Readonly<Record<string, { dims: number[]; data: number[] }>>) {
  const entries = Object.entries(inputs).map(
    ([name, { dims, data }]) => [name, { type: 'i32', dims, data: Int32Array.from(data) }] as const,
  )
  const result = (await executor.run(new Map(entries))).get('result')
  return Array.from(result?.data ?? [], Number)
}

const whole = (reach: number, length: number) =>
  fc.array(fc.integer({ min: -reach, max: reach }), { minLength: length, maxLength: length })

describe('root norm', () => {
  test('is near the float one', async () => {
    const width = 16
    const reach = Math.min(rootNormReach(width), 2 ** 22)
    const gains = Array.from({ length: width }, (_, i) => 1 + i * 16)
    const unit = 1000
    const executor = opened({ x: { dims: [1, width], reach } }, (emitter, wide) =>
      rootNorm({ emitter, x: wide('x'), width, reach, epsilon: 400, gains, unit, hint: 'norm' }),
    )
    await fc.assert(
      fc.asyncProperty(whole(200_000, width), async (x) => {
        const root = Math.sqrt(x.reduce((sum, n) => sum + n * n, 0) / width + 400)
        const result = await run(executor, { x: { dims: [1, width], data: x } })
        for (const [i, n] of x.entries()) {
          const real = (n / root) * (gains[i] ?? 1) * unit
          // The root, times √16, is rounded down to an integer, 80 at least; what it divides has 20 bits more than the least.
          const share = 1 / (root * 4) + (root * 4) / 80 / 2 ** 20
          expect(Math.abs((result[i] ?? 0) - real)).toBeLessThanOrEqual(1 + Math.abs(real) * share)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('attention', () => {
  const softmax = (scores: number[]) => {
    const most = Math.max(...scores)
    const powers = scores.map((score) => Math.exp(score - most))
    const sum = powers.reduce((a, b) => a + b)
    return powers.map((power) => power / sum)
  }

  test('over bytes mixes as a softmax does', async () => {
    const [span, size, step] = [12, 3, 0.001]
    const executor = opened(
      { scores: { dims: [1, 1, 1, span], reach: 50_000 }, values: { dims: [1, 1, span, size], reach: 127 } },
      (emitter, wide) =>
        mixing({
          emitter,
          scores: 'scores',
          reach: 50_000,
          step,
          values: [toBytes(emitter, wide('values'), 'values')],
          positions: span,
          hint: 'mixed',
        }),
    )
    await fc.assert(
      fc.asyncProperty(whole(8000, span), whole(127, span * size), async (scores, values) => {
        const shares = softmax(scores.map((score) => score * step))
        const result = await run(executor, {
          scores: { dims: [1, 1, 1, span], data: scores },
          values: { dims: [1, 1, span, size], data: values },
        })
        for (let i = 0; i < size; i++) {
          const real = shares.reduce((sum, share, s) => sum + share * (128 + (values[s * size + i] ?? 0)), 0)
          expect(Math.abs((result[i] ?? 0) / 256 - real)).toBeLessThan(0.5)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('over wider numbers mixes as a softmax does', async () => {
    const [span, size, step] = [5, 4, 1e-6]
    const executor = opened(
      {
        queries: { dims: [1, 1, 1, size], reach: 2047 },
        keys: { dims: [1, 1, size, span], reach: 2047 },
        values: { dims: [1, 1, span, size], reach: 2047 },
      },
      (emitter, wide) =>
        wideMixing({
          emitter,
          queries: wide('queries'),
          keys: wide('keys'),
          values: wide('values'),
          size,
          positions: span,
          step,
          hint: 'mixed',
        }),
    )
    await fc.assert(
      fc.asyncProperty(
        whole(2047, size),
        whole(2047, size * span),
        whole(2047, span * size),
        async (query, keys, values) => {
          const scores = Array.from({ length: span }, (_, s) =>
            query.reduce((sum, q, i) => sum + q * (keys[i * span + s] ?? 0) * step, 0),
          )
          const shares = softmax(scores)
          const result = await run(executor, {
            queries: { dims: [1, 1, 1, size], data: query },
            keys: { dims: [1, 1, size, span], data: keys },
            values: { dims: [1, 1, span, size], data: values },
          })
          for (let i = 0; i < size; i++) {
            const real = shares.reduce((sum, share, s) => sum + share * (values[s * size + i] ?? 0), 0)
            const ours = ((result[i] ?? 0) - WIDE_ZERO) / 2 ** WIDE_PLACES
            expect(Math.abs(ours - real)).toBeLessThan(4096 * 0.003)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('a product of bytes is the float product but for the rounding of weights', async () => {
  const [inputs, outputs] = [24, 5]
  const weights = Float32Array.from({ length: inputs * outputs }, (_, i) => Math.sin(i * 1.7) * (1 + (i % 3)))
  const matrix = byteMatrix(weights, inputs)
  const executor = opened({ x: { dims: [1, inputs], reach: 127 } }, (emitter, wide) => {
    const factors = matrix.steps.map((step) => step * 100)
    return byteProduct({ emitter, x: toBytes(emitter, wide('x'), 'x'), matrix, factors, hint: 'product' })
  })
  await fc.assert(
    fc.asyncProperty(whole(127, inputs), async (x) => {
      const result = await run(executor, { x: { dims: [1, inputs], data: x } })
      const size = x.reduce((sum, n) => sum + Math.abs(n), 0)
      for (let output = 0; output < outputs; output++) {
        const real = x.reduce((sum, n, i) => sum + n * (weights[output * inputs + i] ?? 0), 0)
        // A shortened range cuts off at most a fifth of the largest weight.
        const step = matrix.steps[output] ?? 0
        expect(Math.abs((result[output] ?? 0) / 100 - real)).toBeLessThanOrEqual(size * step * 40 + 0.01)
      }
    }),
    { numRuns: 30 },
  )
})

test('a gate is a table of its function', async () => {
  const step = 0.005
  const table = gateTable(silu, step)
  const executor = opened({ x: { dims: [1, 8], reach: 5000 } }, (emitter, wide) =>
    gated({ emitter, gate: wide('x'), table, hint: 'gate' }),
  )
  await fc.assert(
    fc.asyncProperty(whole(5000, 8), async (x) => {
      const result = await run(executor, { x: { dims: [1, 8], data: x } })
      for (const [i, n] of x.entries()) {
        const inside = Math.max(-2047, Math.min(2047, n)) * step
        expect(Math.abs((result[i] ?? 0) * table.step - silu(inside))).toBeLessThanOrEqual(table.step / 2 + 1e-9)
      }
    }),
    { numRuns: 30 },
  )
})

test('rows of a table are within half a coarse step', async () => {
  const table = Float32Array.from({ length: 40 }, (_, i) => Math.cos(i) * 3)
  const executor = opened({ rows: { dims: [2], reach: 9 } }, (emitter) => {
    const rows = emitter.node('Max', ['rows', emitter.i32(0)])
    return wordTable({ emitter, table, width: 4, indices: rows, step: 1e-5, hint: 'table' })
  })
  const result = await run(executor, { rows: { dims: [2], data: [3, 9] } })
  for (const [i, n] of result.entries()) {
    const real = table[(i < 4 ? 3 : 8) * 4 + i] ?? 0
    expect(Math.abs(n * 1e-5 - real)).toBeLessThanOrEqual(8e-5)
  }
})
