import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { Emitter, int, ints } from '../../../quantize/emit/emitter.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { elementsOf, type Value } from '../../value.ts'

const SHIFT = 2 ** -6

/** Integers between −17 and 17 that look random. */
const pattern = (length: number): number[] => Array.from({ length }, (_, i) => ((i * i * 31 + i * 7) % 35) - 17)

/**
 * A small network of what the large ones are made of: bytes in, convolutions with a residual, a product of bytes, a table gathered from, out come longs,
 * places of maxima and floats.
 */
export function smallNet(): ExactGraph {
  const emit = new Emitter()
  emit.dimension('n', { min: 1, max: 4, step: 1 })
  emit.dimension('w', { min: 8, max: 24, step: 8 })
  const image = emit.cast(emit.input('image', 'u8', ['n', 3, 8, 'w']), 'f32')
  const first = settle(emit, conv(emit, image, [16, 3, 3, 3]), 0, 255)
  const second = settle(emit, conv(emit, first, [16, 1, 3, 3], 16), -127, 127)
  const both = settle(emit, emit.node('Add', [first, second]), -127, 127)
  const flat = emit.node('Reshape', [
    emit.node('Transpose', [both], { perm: ints([0, 2, 3, 1]) }),
    emit.i64([0, -1, 16]),
  ])
  const bytes = emit.cast(settle(emit, emit.node('Add', [flat, emit.f32(128)]), 0, 255), 'u8')
  const weights = emit.constant({ type: 'u8', dims: [16, 5], data: Uint8Array.from(pattern(80), (w) => w + 100) })
  const mixed = emit.node('MatMulInteger', [bytes, weights, byte(emit, 128), byte(emit, 100)])
  const shifted = emit.node('Mul', [emit.cast(mixed, 'f64'), emit.f64(2 ** -12)])
  const index = emit.cast(emit.node('Round', [emit.node('Clip', [shifted, emit.f64(0), emit.f64(9)])]), 'i64')
  emit.output(emit.node('Gather', [emit.i64(pattern(10).map((x) => x * 2 ** 33)), index]), 'longs', 'i64')
  emit.output(emit.node('ArgMax', [both], { axis: int(1), keepdims: int(0) }), 'best', 'i64')
  emit.output(both, 'both', 'f32')
  return loadExactGraph(writeOnnxModel(emit.model()))
}

/** Bytes from a generator of Lehmer's kind: the same on every machine. */
export function smallNetInputs(batch = 2, width = 16): ReadonlyMap<string, Value> {
  const dims = [batch, 3, 8, width]
  let state = 42
  const data = Uint8Array.from({ length: elementsOf(dims) }, () => {
    state = (state * 48271) % 2147483647
    return state >> 8
  })
  return new Map([['image', { type: 'u8', dims, data }]])
}

function conv(emit: Emitter, x: string, dims: readonly number[], group = 1): string {
  const weights = Float32Array.from(pattern(elementsOf(dims)), (w) => w * SHIFT)
  const bias = Float32Array.from(pattern(dims[0] ?? 0), (b) => b * SHIFT)
  const inputs = [x, emit.constant({ type: 'f32', dims, data: weights }), emit.f32(bias)]
  return emit.node('Conv', inputs, { pads: ints([1, 1, 1, 1]), group: int(group) })
}

const settle = (emit: Emitter, x: string, lo: number, hi: number): string =>
  emit.node('Round', [emit.node('Clip', [x, emit.f32(lo), emit.f32(hi)])])

const byte = (emit: Emitter, value: number): string =>
  emit.constant({ type: 'u8', dims: [], data: Uint8Array.of(value) })
