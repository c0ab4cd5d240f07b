import { f32x4, i32, v128 } from '../emit/expr.ts'
import type { Local } from '../emit/functionBuilder.ts'
import { type Epilogue, epilogueKey, epilogueWords, finishLanes } from './epilogue.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'
import { LANES } from './lanes.ts'

/** Output pixels at a time, where all taps of their kernel columns are inside the input. */
const TILE = 4

const WORDS = [
  'input', // address of the input, channels last
  'weights', // for every four channels, [kernel height][kernel width][4]
  'bias',
  'out',
  'rowLength',
  'imageRows', // rows of one image's output
  'channels',
  'kernelHeight',
  'height', // of the input
  'width',
  'strideY',
  'padTop',
  'padLeft',
  'imageBytes', // bytes from one image to the next in the input
  'rowBytes',
  'pixelBytes',
  'insideBegin', // first output pixel of a row all of whose taps are inside
  'insideEnd',
] as const

export type DepthwiseKernel = { readonly kernelWidth: number; readonly strideX: number; readonly epilogue: Epilogue }

/** Convolution of every channel with a kernel of its own, f32. Input and output are dense with channels last. Unit: one row of output. */
export function depthwiseKernel(spec: DepthwiseKernel): Kernel {
  return {
    key: `depthwise ${spec.kernelWidth} ${spec.strideX} ${epilogueKey(spec.epilogue)}`,
    words: [...WORDS, ...epilogueWords(spec.epilogue)],
    build: (body) => buildDepthwise(body, spec),
  }
}

type Row = {
  readonly index: Local<'i32'>
  readonly image: Local<'i32'>
  /** Input row of the first kernel row, which may lie outside. */
  readonly top: Local<'i32'>
  readonly firstTap: Local<'i32'>
  readonly lastTap: Local<'i32'>
}

function buildDepthwise(body: KernelBody, spec: DepthwiseKernel): void {
  const { f, word, begin, end } = body
  const [unit, pixel] = [f.local('i32'), f.local('i32')]
  f.for(unit, begin, end, 1, () => {
    const image = f.let(i32.divU(unit, word('imageRows')))
    const top = f.let(i32.sub(i32.mul(i32.remU(unit, word('imageRows')), word('strideY')), word('padTop')))
    const below = f.let(i32.sub(word('height'), top))
    const row: Row = {
      index: unit,
      image: f.let(mulAdd(word('input'), image, word('imageBytes'))),
      top,
      firstTap: f.let(i32.select(i32.sub(0, top), 0, i32.ltS(top, 0))),
      lastTap: f.let(i32.min(word('kernelHeight'), below)),
    }
    f.set(pixel, i32.const(0))
    f.while(i32.ltS(pixel, word('rowLength')), () => {
      const isInside = i32.and(
        i32.geS(pixel, word('insideBegin')),
        i32.ltS(i32.add(pixel, TILE - 1), word('insideEnd')),
      )
      f.if(
        isInside,
        () => {
          forChannels(body, (channel) => tile(body, spec, row, pixel, channel))
          f.add(pixel, TILE)
        },
        () => {
          forChannels(body, (channel) => lonePixel(body, spec, row, pixel, channel))
          f.add(pixel, 1)
        },
      )
    })
  })
}

function forChannels({ f, word }: KernelBody, body: (channel: Local<'i32'>) => void): void {
  const channel = f.local('i32')
  f.for(channel, 0, word('channels'), LANES, () => body(channel))
}

const weightsOf = ({ word }: KernelBody, spec: DepthwiseKernel, channel: Local<'i32'>, ky: Local<'i32'>) =>
  mulAdd(
    word('weights'),
    mulAdd(i32.mul(ky, spec.kernelWidth), i32.mul(word('kernelHeight'), spec.kernelWidth), i32.divU(channel, LANES)),
    16,
  )

/** `TILE` pixels whose columns are all inside. Every input column is read once. */
function tile(body: KernelBody, spec: DepthwiseKernel, row: Row, pixel: Local<'i32'>, channel: Local<'i32'>): void {
  const { f, word } = body
  const { kernelWidth, strideX } = spec
  const sums = Array.from({ length: TILE }, () => f.let(v128.load(mulAdd(word('bias'), channel, 4))))
  const left = f.let(i32.sub(i32.mul(pixel, strideX), word('padLeft')))
  const ky = f.local('i32')
  const input = f.local('i32')
  f.for(ky, row.firstTap, row.lastTap, 1, () => {
    const start = mulAdd(mulAdd(row.image, i32.add(row.top, ky), word('rowBytes')), left, word('pixelBytes'))
    f.set(input, mulAdd(start, channel, 4))
    const weights = f.let(weightsOf(body, spec, channel, ky))
    const taps = Array.from({ length: kernelWidth }, (_, kx) => f.let(v128.load(weights, 16 * kx)))
    for (let column = 0; column < (TILE - 1) * strideX + kernelWidth; column++) {
      const x = f.let(v128.load(input))
      for (const [p, sum] of sums.entries()) {
        const tap = taps[column - p * strideX]
        if (tap) f.set(sum, f32x4.add(sum, f32x4.mul(x, tap)))
      }
      f.add(input, word('pixelBytes'))
    }
  })
  for (const [p, sum] of sums.entries()) write(body, spec, row, i32.add(pixel, p), channel, sum)
}

/** One pixel, some of whose columns may be outside. */
function lonePixel(
  body: KernelBody,
  spec: DepthwiseKernel,
  row: Row,
  pixel: Local<'i32'>,
  channel: Local<'i32'>,
): void {
  const { f, word } = body
  const sum = f.let(v128.load(mulAdd(word('bias'), channel, 4)))
  const [ky, kx] = [f.local('i32'), f.local('i32')]
  f.for(ky, row.firstTap, row.lastTap, 1, () => {
    const start = f.let(mulAdd(mulAdd(row.image, i32.add(row.top, ky), word('rowBytes')), channel, 4))
    const weights = f.let(weightsOf(body, spec, channel, ky))
    f.for(kx, 0, spec.kernelWidth, 1, () => {
      const x = f.let(i32.sub(mulAdd(kx, pixel, spec.strideX), word('padLeft')))
      f.if(i32.ltU(x, word('width')), () => {
        const value = v128.load(mulAdd(start, x, word('pixelBytes')))
        f.set(sum, f32x4.add(sum, f32x4.mul(value, v128.load(mulAdd(weights, kx, 16)))))
      })
    })
  })
  write(body, spec, row, pixel, channel, sum)
}

function write(
  body: KernelBody,
  { epilogue }: DepthwiseKernel,
  { index }: Row,
  pixel: Local<'i32'> | ReturnType<typeof i32.add>,
  channel: Local<'i32'>,
  sum: Local<'v128'>,
): void {
  const { f, word } = body
  const element = mulAdd(channel, i32.add(i32.mul(index, word('rowLength')), pixel), word('channels'))
  const count = f.let(i32.sub(word('channels'), channel))
  finishLanes(body, epilogue, { type: 'f32', parts: [sum] }, word('out'), { element, channel, count })
}
