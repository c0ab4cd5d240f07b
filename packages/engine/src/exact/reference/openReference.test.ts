import { expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { Emitter, int } from '../../quantize/emit/emitter.ts'
import { InvalidExactInputError, loadExactGraph } from '../profile/index.ts'
import { nodeOf, tensor } from '../testing/values.ts'
import { checkFacts } from './checkFacts.ts'
import { openReference } from './openReference.ts'

/** x [n, 2] of bytes; halves of its row sums, to the even one of two. */
function halves() {
  const emit = new Emitter()
  emit.dimension('n', { min: 1, max: 3, step: 1 })
  const wide = emit.cast(emit.input('x', 'u8', ['n', 2]), 'f32', 'wide')
  const sums = emit.node('ReduceSum', [wide, emit.i64([1])], { keepdims: int(0) }, 'sums')
  const half = emit.node('Mul', [sums, emit.f32(0.5)], {}, 'half')
  emit.output(emit.node('Round', [half], {}, 'rounded'), 'y', 'f32')
  return openReference(loadExactGraph(writeOnnxModel(emit.model())))
}

const inputs = (...bytes: number[]) => new Map([['x', tensor('u8', bytes, [bytes.length / 2, 2])]])

test('computes a graph for any lengths', async () => {
  const reference = halves()
  expect(await reference.run(inputs(255, 254))).toEqual(new Map([['y', tensor('f32', [254])]]))
  expect(await reference.run(inputs(0, 1, 1, 2))).toEqual(new Map([['y', tensor('f32', [0, 2])]]))
})

test('shows carried tensors in file order, or those asked for', async () => {
  const shown: string[] = []
  const watch = (name: string) => shown.push(name)
  await halves().run(inputs(1, 2), { watch })
  expect(shown.splice(0)).toEqual(['wide', 'sums', 'rounded', 'y'])
  await halves().run(inputs(1, 2), { watch, names: new Set(['sums']) })
  expect(shown).toEqual(['sums'])
})

test('refuses inputs that the graph does not take', async () => {
  await expect(halves().run(inputs(1, 2, 3, 4, 5, 6, 7, 8))).rejects.toThrow(InvalidExactInputError)
  await expect(halves().run(new Map())).rejects.toThrow(InvalidExactInputError)
})

test('checks what it computes against what was proved', () => {
  const facts = { type: 'f32', dims: [2], unit: -1, lo: 0, hi: 2, stored: 'i32' } as const
  const check = (...elements: number[]) => checkFacts(nodeOf('Add'), tensor('f32', elements), facts)
  check(0.5, 2)
  expect(() => check(0.5, 2.5)).toThrow('it gives 2.5, not within 0 to 2, which was proved impossible')
  expect(() => check(0.25, 1)).toThrow('it gives 0.25, no multiple of 0.5')
  expect(() => check(1)).toThrow('it gives 1 instead of 2')
  const channels = { axis: 0, unit: Int32Array.of(0, -1), lo: Float64Array.of(0, 0), hi: Float64Array.of(1, 2) }
  const checkChannels = (...elements: number[]) =>
    checkFacts(nodeOf('Add'), tensor('f32', elements), { ...facts, channels })
  checkChannels(1, 1.5)
  expect(() => checkChannels(0.5, 1.5)).toThrow('it gives 0.5, no multiple of 1')
  expect(() => checkChannels(2, 1.5)).toThrow('it gives 2, not within 0 to 1')
})
