import { expect, test } from 'vitest'
import { quantizeModel } from '../quantizeModel.ts'
import { floatModel, numbers, weights } from '../testing/floatModel.ts'
import { drawReport } from './drawReport.ts'
import { measureQuantization } from './measureQuantization.ts'
import { renderReport } from './report.ts'

const LAYERS = [
  { name: 'first', op: 'conv', sqnr: 51.234, cosine: 0.999998, lo: -8191, hi: 8191 },
  {
    name: 'a <second> & its name, which is far too long for a picture',
    op: 'mul',
    sqnr: 12,
    cosine: 0.97,
    lo: 0,
    hi: 255,
  },
  { name: 'same', op: 'move', sqnr: Infinity, cosine: 1, lo: 0, hi: 1 },
]

test('a report reads as a table', () => {
  const answers = { agreement: 0.99, accuracy: { float: 0.9, exact: 0.89 }, milliseconds: { float: 1.5, exact: 2.25 } }
  const report = {
    layers: LAYERS.slice(0, 1),
    answers,
    bytes: { float: 1e6, exact: 2e6 },
    nodes: { float: 3, exact: 9 },
  }
  expect(renderReport(report)).toMatchInlineSnapshot(`
    "tensor  made by    SQNR, dB  cosine   integers
    first   conv           51.2  1.00000  -8191…8191

    accuracy   90.00 % float, 89.00 % exact
    agreement  99.00 % of answers are largest at the same place
    speed      1.50 ms float, 2.25 ms exact
    size       1.00 MB float, 2.00 MB exact; 3 and 9 operations"
  `)
})

test('a picture has a bar for each tensor, and only names that are escaped', () => {
  const picture = drawReport(LAYERS)
  expect(picture.match(/<title>/g)).toHaveLength(3)
  expect(picture).toContain('a &lt;second&gt; &amp; its')
  expect(picture).not.toContain('<second>')
  expect(picture).toContain('width="520.0"')
})

test('what converting cost is measured: layers, answers, accuracy, size', async () => {
  const model = floatModel([1, 8], { w: weights([8, 3], 1), b: weights([3], 2) }, [
    ['MatMul', ['x', 'w'], 'm'],
    ['Add', ['m', 'b'], 'y'],
  ])
  const samples = Array.from(
    { length: 10 },
    (_, i) => new Map([['x', { type: 'float32' as const, dims: [1, 8], data: numbers(8, i + 1) }]]),
  )
  const inputs = new Map([['x', { kind: 'integers' as const, scale: 1 / 1000, lo: -1000, hi: 1000, dims: [1, 8] }]])
  const quantized = await quantizeModel({ model, calibration: { samples }, options: { inputs } })
  const report = await measureQuantization({ model, quantized, inputs, samples, labels: samples.map(() => 0) })
  expect(report.layers.map(({ name, op }) => [name, op])).toEqual([['y', 'linear']])
  expect(report.layers[0]?.sqnr).toBeGreaterThan(50)
  expect(report.answers.agreement).toBe(1)
  expect(report.answers.accuracy?.exact).toBe(report.answers.accuracy?.float)
  expect(report.nodes.float).toBe(2)
})
