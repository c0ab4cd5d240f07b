import { type Expr, i32, i64, v128 } from '../emit/expr.ts'
import type { FunctionBuilder, Local } from '../emit/functionBuilder.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'

export type ElementBytes = 1 | 4 | 8

export type CopyKernel = {
  readonly elementBytes: ElementBytes
  /** Number of dimensions outside the innermost. */
  readonly outer: number
  /** Whether neighbours of the innermost dimension are neighbours on both sides. */
  readonly contiguous: boolean
}

export const copyWords = {
  dim: (dim: number): string => `dim${dim}`,
  from: (dim: number): string => `from${dim}`,
  to: (dim: number): string => `to${dim}`,
}

/**
 * Moves elements between tensors of any strides. Words: `dim<j>` are the lengths of the outer dimensions, `from<j>` and `to<j>` the
 * strides along them, `innerFrom` and `innerTo` those along the innermost, all in bytes. Unit: one innermost row.
 */
export function copyKernel(spec: CopyKernel): Kernel {
  const dims = Array.from({ length: spec.outer }, (_, dim) => dim)
  return {
    key: `copy ${spec.elementBytes} ${spec.outer} ${spec.contiguous}`,
    words: [
      'input',
      'out',
      'inner',
      'innerFrom',
      'innerTo',
      ...dims.flatMap((dim) => [copyWords.dim(dim), copyWords.from(dim), copyWords.to(dim)]),
    ],
    build: (body) => buildCopy(body, spec),
  }
}

function buildCopy({ f, word, begin, end }: KernelBody, { elementBytes, outer, contiguous }: CopyKernel): void {
  const unit = f.local('i32')
  f.for(unit, begin, end, 1, () => {
    const [from, to, rest] = [f.let(word('input')), f.let(word('out')), f.let(unit)]
    for (let dim = outer - 1; dim >= 0; dim--) {
      const index = f.let(i32.remU(rest, word(copyWords.dim(dim))))
      f.set(rest, i32.divU(rest, word(copyWords.dim(dim))))
      f.set(from, mulAdd(from, index, word(copyWords.from(dim))))
      f.set(to, mulAdd(to, index, word(copyWords.to(dim))))
    }
    if (contiguous) return copyRow(f, from, to, i32.mul(word('inner'), elementBytes))
    const left = f.let(word('inner'))
    f.while(left, () => {
      copyElement(f, from, to, elementBytes)
      f.add(from, word('innerFrom'))
      f.add(to, word('innerTo'))
      f.add(left, -1)
    })
  })
}

/** Short rows are copied here, because `memory.copy` leaves WebAssembly for a function of the engine. */
const LONG_ROW_BYTES = 1024

/** Copies bytes; `from` and `to` are used up. */
export function copyRow(f: FunctionBuilder, from: Local<'i32'>, to: Local<'i32'>, bytes: Expr<'i32'>): void {
  const left = f.let(bytes)
  f.if(
    i32.geS(left, LONG_ROW_BYTES),
    () => f.copyMemory(to, from, left),
    () => {
      f.while(i32.geS(left, 16), () => {
        f.storeV128(to, v128.load(from))
        f.add(from, 16)
        f.add(to, 16)
        f.add(left, -16)
      })
      f.while(i32.geS(left, 4), () => {
        f.storeI32(to, i32.load(from))
        f.add(from, 4)
        f.add(to, 4)
        f.add(left, -4)
      })
      f.while(left, () => {
        f.store8(to, i32.load8U(from))
        f.add(from, 1)
        f.add(to, 1)
        f.add(left, -1)
      })
    },
  )
}

export function copyElement(f: FunctionBuilder, from: Local<'i32'>, to: Local<'i32'>, bytes: ElementBytes): void {
  if (bytes === 1) f.store8(to, i32.load8U(from))
  else if (bytes === 4) f.storeI32(to, i32.load(from))
  else f.storeI64(to, i64.load(from))
}
