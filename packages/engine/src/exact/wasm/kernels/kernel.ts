import type { Expr } from '../emit/expr.ts'
import { i32 } from '../emit/expr.ts'
import { FunctionBuilder, type Local } from '../emit/functionBuilder.ts'

/**
 * A function of WebAssembly `(words, begin, end, scratch)`: does units `begin` to `end` of one step. Units are independent, so threads
 * share a step by dividing them. `words` is the address of the step's parameters, `scratch` that of the thread's scratch memory.
 */
export type Kernel = {
  /** Kernels of one key are one function. */
  readonly key: string
  /** Names of the parameters, i32 each, in the order in which they lie in memory. */
  readonly words: readonly string[]
  readonly build: (body: KernelBody) => void
}

/** Bytes after every tensor that may be read and have no meaning: kernels read whole vectors at its end. */
export const SLACK_BYTES = 64

/** What a kernel's code is written with. */
export type KernelBody = {
  readonly f: FunctionBuilder
  readonly begin: Local<'i32'>
  readonly end: Local<'i32'>
  readonly scratch: Local<'i32'>
  /** The parameter of that name. */
  word(name: string): Local<'i32'>
}

export function buildKernel(kernel: Kernel): FunctionBuilder {
  const f = new FunctionBuilder(4)
  const [words, begin, end, scratch] = f.parameters
  if (!words || !begin || !end || !scratch) throw new RangeError('a kernel has four parameters')
  const locals = new Map(kernel.words.map((name, index) => [name, f.let(i32.load(words, 4 * index))]))
  kernel.build({
    f,
    begin,
    end,
    scratch,
    word(name) {
      const local = locals.get(name)
      if (!local) throw new RangeError(`kernel ${kernel.key} has no parameter ${name}`)
      return local
    },
  })
  return f
}

/** a + b · c */
export const mulAdd = (a: Expr<'i32'>, b: Expr<'i32'>, c: Expr<'i32'> | number): Expr<'i32'> =>
  i32.add(a, i32.mul(b, c))
