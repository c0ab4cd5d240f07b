import { type Expr, f32x4, f64x2, i32, type V128, v128 } from '../emit/expr.ts'
import type { Local } from '../emit/functionBuilder.ts'
import { type Epilogue, epilogueKey, epilogueWords, finishLanes } from './epilogue.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'
import { LANES, type Lanes } from './lanes.ts'

/** Vectors in a panel, the stretch of output channels that one unit computes: 8 channels of f32, 4 of f64. */
const PANEL_VECTORS = 2
const PANEL_BYTES = PANEL_VECTORS * 16
export const panelWidth = (type: 'f32' | 'f64'): number => PANEL_BYTES / (type === 'f32' ? 4 : 8)

/** Output pixels at a time: 5 × 2 sums, 2 weights, one input and one product fill the 15 vector registers that x86 has to give. */
const TILE = 5
/** Steps of the inner sum per turn of the loop. */
const UNROLL = 4

const WORDS = [
  'input', // address of the input, channels last
  'weights',
  'bias', // what the sums of a panel begin with
  'biasStep', // bytes from one panel's to the next's
  'out',
  'zeros', // address of at least `channels` zeros, where pixels can be outside
  'batches', // address of three words a batch: bytes to add to input and weights, elements to add to the output
  'rows', // of all images of a batch
  'pixels', // of all images of a batch; the last row may be shorter than the others
  'rowLength',
  'imageRows', // rows of one image's output
  'panels',
  'columns', // output channels
  'channels', // input channels
  'kernelHeight',
  'kernelWidth',
  'depthStep', // bytes from the weights of one input channel to those of the next
  'panelStep', // bytes from one panel's weights to the next's
  'height', // of the input
  'width',
  'strideY',
  'strideX',
  'padTop',
  'padLeft',
  'imageBytes', // bytes from one image to the next in the input
  'rowBytes',
  'pixelBytes',
  'outImage', // elements from one image to the next in the output
  'outRow',
  'outPixel',
] as const

export type DenseKernel = {
  readonly type: 'f32' | 'f64'
  /** Weights lie panel by panel, [channels][panel width]; otherwise as a matrix whose rows are `depthStep` apart. */
  readonly packed: boolean
  readonly epilogue: Epilogue
}

/**
 * Convolution and matrix product: sums over kernel rows, kernel columns and input channels of input · weight. A matrix product is a
 * convolution with a 1 × 1 kernel over pixels that lie in one row. Unit: one panel of one row of output pixels.
 */
export function denseKernel(spec: DenseKernel): Kernel {
  return {
    key: `dense ${spec.type} ${spec.packed} ${epilogueKey(spec.epilogue)}`,
    words: [...WORDS, ...epilogueWords(spec.epilogue)],
    build: (body) => buildDense(body, spec),
  }
}

/** Variables of one unit. */
type Unit = {
  readonly panel: Local<'i32'>
  readonly input: Local<'i32'>
  readonly weights: Local<'i32'>
  readonly top: Local<'i32'>
  readonly out: Local<'i32'>
  /** Element of the output at which the row begins. */
  readonly outStart: Local<'i32'>
}

function buildDense(body: KernelBody, spec: DenseKernel): void {
  const { f, word, begin, end } = body
  const [unit, pixel, rowEnd] = [f.local('i32'), f.local('i32'), f.local('i32')]
  f.for(unit, begin, end, 1, () => {
    const panels = word('panels')
    const panel = f.let(i32.remU(unit, panels))
    const line = f.let(i32.divU(unit, panels))
    const batch = f.let(i32.add(word('batches'), i32.mul(i32.divU(line, word('rows')), 12)))
    const row = f.let(i32.remU(line, word('rows')))
    const image = f.let(i32.divU(row, word('imageRows')))
    const imageRow = f.let(i32.remU(row, word('imageRows')))
    const outStart = mulAdd(mulAdd(i32.load(batch, 8), image, word('outImage')), imageRow, word('outRow'))
    const shared: Unit = {
      panel,
      input: f.let(i32.add(mulAdd(word('input'), image, word('imageBytes')), i32.load(batch))),
      weights: f.let(i32.add(mulAdd(word('weights'), panel, word('panelStep')), i32.load(batch, 4))),
      top: f.let(i32.sub(i32.mul(imageRow, word('strideY')), word('padTop'))),
      out: word('out'),
      outStart: f.let(outStart),
    }
    const left = i32.sub(word('pixels'), i32.mul(row, word('rowLength')))
    f.set(rowEnd, i32.min(f.let(left), word('rowLength')))
    f.set(pixel, i32.const(0))
    f.while(i32.ltS(i32.add(pixel, TILE - 1), rowEnd), () => {
      tile(body, spec, shared, pixel, TILE)
      f.add(pixel, TILE)
    })
    f.while(i32.ltS(pixel, rowEnd), () => {
      tile(body, spec, shared, pixel, 1)
      f.add(pixel, 1)
    })
  })
}

/** One panel of `size` neighbouring output pixels. */
function tile(body: KernelBody, spec: DenseKernel, unit: Unit, pixel: Local<'i32'>, size: number): void {
  const { f, word } = body
  const simd = spec.type === 'f32' ? f32x4 : f64x2
  const elementBytes = spec.type === 'f32' ? 4 : 8
  const loadSplat = spec.type === 'f32' ? v128.load32Splat : v128.load64Splat
  // A lone pixel has too few sums to keep the adders busy, so it keeps several of each; their order does not matter.
  const sets = size === 1 ? UNROLL : 1
  const sums = range(sets).map((set) =>
    range(size).map(() =>
      range(PANEL_VECTORS).map((v) =>
        f.let(set > 0 ? v128.zero() : v128.load(mulAdd(word('bias'), unit.panel, word('biasStep')), 16 * v)),
      ),
    ),
  )
  const weights = f.let(unit.weights)
  const inputs = range(size).map(() => f.local('i32'))
  const step = (j: number): void => {
    const row = spec.packed ? j * PANEL_BYTES : 0
    const vectors = range(PANEL_VECTORS).map((v) => f.let(v128.load(weights, row + 16 * v)))
    for (const [p, input] of inputs.entries()) {
      const x = f.let(loadSplat(input, j * elementBytes))
      for (const [v, w] of vectors.entries()) {
        const sum = at3(sums, j % sets, p, v)
        f.set(sum, simd.add(sum, simd.mul(x, w)))
      }
    }
    if (!spec.packed) f.add(weights, word('depthStep'))
  }
  const advance = (count: number): void => {
    for (const input of inputs) f.add(input, count * elementBytes)
    if (spec.packed) f.add(weights, count * PANEL_BYTES)
  }
  const k = f.local('i32')
  forEachTap(body, unit, pixel, inputs, () => {
    f.set(k, word('channels'))
    f.while(i32.geS(k, UNROLL), () => {
      for (const j of range(UNROLL)) step(j)
      advance(UNROLL)
      f.add(k, -UNROLL)
    })
    f.while(k, () => {
      step(0)
      advance(1)
      f.add(k, -1)
    })
  })
  for (const set of range(sets).slice(1)) {
    for (const p of range(size)) {
      for (const v of range(PANEL_VECTORS))
        f.set(at3(sums, 0, p, v), simd.add(at3(sums, 0, p, v), at3(sums, set, p, v)))
    }
  }
  for (const p of range(size)) writePixel(body, spec, unit, i32.add(pixel, p), sums[0]?.[p] ?? [])
}

/** Runs `inner` for every tap of the kernel with `inputs` at the first channel of each pixel's input: of zeros where it is outside. */
function forEachTap(
  { f, word }: KernelBody,
  { input, top }: Unit,
  pixel: Local<'i32'>,
  inputs: readonly Local<'i32'>[],
  inner: () => void,
): void {
  const [ky, kx] = [f.local('i32'), f.local('i32')]
  f.for(ky, 0, word('kernelHeight'), 1, () => {
    const y = f.let(i32.add(top, ky))
    const inside = f.let(i32.ltU(y, word('height')))
    const start = f.let(mulAdd(input, y, word('rowBytes')))
    f.for(kx, 0, word('kernelWidth'), 1, () => {
      const x = f.let(i32.sub(mulAdd(kx, pixel, word('strideX')), word('padLeft')))
      for (const [p, address] of inputs.entries()) {
        if (p > 0) f.add(x, word('strideX'))
        const isThere = i32.and(inside, i32.ltU(x, word('width')))
        f.set(address, i32.select(mulAdd(start, x, word('pixelBytes')), word('zeros'), isThere))
      }
      inner()
    })
  })
}

function writePixel(
  body: KernelBody,
  { type, epilogue }: DenseKernel,
  { panel, out, outStart }: Unit,
  pixel: Expr<'i32'>,
  sums: readonly V128[],
): void {
  const { f, word } = body
  const width = panelWidth(type)
  const partsPerGroup = (LANES * sums.length) / width
  const start = f.let(mulAdd(outStart, pixel, word('outPixel')))
  for (const group of range(width / LANES)) {
    const channel = f.let(i32.add(i32.mul(panel, width), group * LANES))
    const count = f.let(i32.sub(word('columns'), channel))
    f.if(i32.gtS(count, 0), () => {
      const self: Lanes = { type, parts: sums.slice(group * partsPerGroup, (group + 1) * partsPerGroup) }
      finishLanes(body, epilogue, self, out, { element: i32.add(start, channel), channel, count })
    })
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

function at3<T>(values: readonly (readonly (readonly T[])[])[], i: number, j: number, k: number): T {
  const value = values[i]?.[j]?.[k]
  if (value === undefined) throw new RangeError('no such sum')
  return value
}
