import { i32 } from '../emit/expr.ts'
import { type Kernel, mulAdd } from './kernel.ts'

/** Rows of [outer, length, row] by index: [outer, indices, row]. Unit: one row of output. */
export function gatherKernel(indexType: 'i32' | 'i64'): Kernel {
  return {
    key: `gather ${indexType}`,
    words: ['input', 'indices', 'out', 'length', 'count', 'rowBytes'],
    build({ f, word, begin, end }) {
      const unit = f.local('i32')
      f.for(unit, begin, end, 1, () => {
        // The low half of an i64, which is little-endian, is the whole of an index.
        const size = indexType === 'i64' ? 8 : 4
        const index = i32.load(mulAdd(word('indices'), i32.remU(unit, word('count')), size))
        const row = mulAdd(index, i32.divU(unit, word('count')), word('length'))
        const from = mulAdd(word('input'), row, word('rowBytes'))
        f.copyMemory(mulAdd(word('out'), unit, word('rowBytes')), from, word('rowBytes'))
      })
    },
  }
}
