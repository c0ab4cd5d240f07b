import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeOf } from '../../testing/values.ts'
import { compareGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { bytes, filled, floatOf } from '../testing/values.ts'

const same = async (graph: SmallGraph): Promise<void> => expect(await compareGraph(graph)).toEqual([])

const length = fc.integer({ min: 1, max: 9 })
const few = fc.integer({ min: 1, max: 3 })

test('convolutions of any shape', async () => {
  const shapes = fc.record({
    images: few,
    channels: length,
    made: fc.integer({ min: 1, max: 19 }),
    height: length,
    width: fc.integer({ min: 1, max: 14 }),
    kernel: fc.tuple(few, few),
    strides: fc.tuple(few, few),
    pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
    grouping: fc.constantFrom('one', 'each', 'twice'),
    bias: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      shapes,
      async ({ images: count, channels, height, width, kernel, strides, pads, grouping, bias, ...rest }) => {
        const [top, left, bottom, right] = pads
        fc.pre(height + top + bottom >= kernel[0] && width + left + right >= kernel[1])
        const group = grouping === 'one' ? 1 : channels
        const made = grouping === 'one' ? rest.made : grouping === 'each' ? channels : 2 * channels
        const w = filled('f32', [made, channels / group, ...kernel], -9, 9)
        const names = bias ? ['x_float', 'w', 'b'] : ['x_float', 'w']
        await same({
          inputs: { x: bytes([count, channels, height, width]) },
          constants: { w, b: filled('f32', [made], -99, 99) },
          nodes: [floatOf('x'), nodeOf('Conv', names, { strides, pads, group }, ['y'])],
          outputs: [{ name: 'y', type: 'f32' }],
        })
      },
    ),
    { numRuns: 60 },
  )
})

test('transposed convolutions of any shape', async () => {
  const shapes = fc.record({
    channels: length,
    made: length,
    size: fc.tuple(few, length),
    kernel: fc.tuple(few, fc.integer({ min: 1, max: 5 })),
    strides: fc.tuple(few, few),
    pads: fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1), fc.nat(1)),
  })
  await fc.assert(
    fc.asyncProperty(shapes, async ({ channels, made, size, kernel, strides, pads }) => {
      const lengths = size.map(
        (n, i) => (n - 1) * (strides[i] ?? 1) + (kernel[i] ?? 1) - (pads[i] ?? 0) - (pads[i + 2] ?? 0),
      )
      fc.pre(lengths.every((n) => n >= 1))
      await same({
        inputs: { x: bytes([2, channels, ...size]) },
        constants: { w: filled('f32', [channels, made, ...kernel], -9, 9), b: filled('f32', [made], -99, 99) },
        nodes: [floatOf('x'), nodeOf('ConvTranspose', ['x_float', 'w', 'b'], { strides, pads }, ['y'])],
        outputs: [{ name: 'y', type: 'f32' }],
      })
    }),
    { numRuns: 60 },
  )
})
