import { f32, i32, i64 } from '../emit/expr.ts'
import { type Kernel, mulAdd } from './kernel.ts'

/** Index of the first of the greatest along the middle of [outer, length, inner], as i64. Unit: one result. */
export function argMaxKernel(type: 'f32' | 'i32'): Kernel {
  return {
    key: `argMax ${type}`,
    words: ['input', 'out', 'length', 'inner'],
    build({ f, word, begin, end }) {
      const [unit, k, best] = [f.local('i32'), f.local('i32'), f.local('i32')]
      f.for(unit, begin, end, 1, () => {
        const outer = i32.divU(unit, word('inner'))
        const start = mulAdd(i32.remU(unit, word('inner')), i32.mul(outer, word('length')), word('inner'))
        const at = f.let(mulAdd(word('input'), start, 4))
        const step = f.let(i32.mul(word('inner'), 4))
        f.set(best, i32.const(0))
        if (type === 'f32') {
          const greatest = f.let(f32.load(at))
          f.for(k, 0, word('length'), 1, () => {
            const value = f.let(f32.load(at))
            f.if(f32.gt(value, greatest), () => {
              f.set(greatest, value)
              f.set(best, k)
            })
            f.add(at, step)
          })
        } else {
          const greatest = f.let(i32.load(at))
          f.for(k, 0, word('length'), 1, () => {
            const value = f.let(i32.load(at))
            f.if(i32.gtS(value, greatest), () => {
              f.set(greatest, value)
              f.set(best, k)
            })
            f.add(at, step)
          })
        }
        f.storeI64(mulAdd(word('out'), unit, 8), i64.extendI32S(best))
      })
    },
  }
}
