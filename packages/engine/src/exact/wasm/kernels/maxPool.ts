import { f32x4, i32, v128 } from '../emit/expr.ts'
import { type Epilogue, epilogueKey, epilogueWords, finishLanes } from './epilogue.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'
import { LANES } from './lanes.ts'

const WORDS = [
  'input', // dense, channels last
  'out',
  'rowLength',
  'imageRows',
  'channels',
  'kernelHeight',
  'kernelWidth',
  'height',
  'width',
  'strideY',
  'strideX',
  'padTop',
  'padLeft',
] as const

/** Greatest value of every channel under a window, f32; what lies outside never wins. Unit: one row of output. */
export function maxPoolKernel(epilogue: Epilogue): Kernel {
  return {
    key: `maxPool ${epilogueKey(epilogue)}`,
    words: [...WORDS, ...epilogueWords(epilogue)],
    build: (body) => buildMaxPool(body, epilogue),
  }
}

function buildMaxPool(body: KernelBody, epilogue: Epilogue): void {
  const { f, word } = body
  const [unit, pixel, channel, y, x] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
  /** First and last of the window's places along an axis that are inside. */
  const inside = (start: ReturnType<typeof i32.add>, kernel: string, length: string) => {
    const first = f.let(start)
    const after = f.let(i32.add(first, word(kernel)))
    return [f.let(i32.select(0, first, i32.ltS(first, 0))), f.let(i32.min(after, word(length)))] as const
  }
  f.for(unit, body.begin, body.end, 1, () => {
    const image = f.let(i32.divU(unit, word('imageRows')))
    const row = i32.remU(unit, word('imageRows'))
    const [top, bottom] = inside(i32.sub(i32.mul(row, word('strideY')), word('padTop')), 'kernelHeight', 'height')
    f.for(pixel, 0, word('rowLength'), 1, () => {
      const start = i32.sub(i32.mul(pixel, word('strideX')), word('padLeft'))
      const [left, right] = inside(start, 'kernelWidth', 'width')
      f.for(channel, 0, word('channels'), LANES, () => {
        const address = (row: typeof y, column: typeof x) => {
          const place = mulAdd(column, mulAdd(row, image, word('height')), word('width'))
          return mulAdd(word('input'), mulAdd(channel, place, word('channels')), 4)
        }
        const greatest = f.let(v128.load(address(top, left)))
        f.for(y, top, bottom, 1, () => {
          const at = f.let(address(y, left))
          f.for(x, left, right, 1, () => {
            f.set(greatest, f32x4.pmax(greatest, v128.load(at)))
            f.set(at, mulAdd(at, word('channels'), 4))
          })
        })
        const element = mulAdd(channel, mulAdd(pixel, unit, word('rowLength')), word('channels'))
        const count = f.let(i32.sub(word('channels'), channel))
        finishLanes(body, epilogue, { type: 'f32', parts: [greatest] }, word('out'), { element, channel, count })
      })
    })
  })
}
