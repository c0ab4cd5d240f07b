import { i32 } from '../emit/expr.ts'
import { copyElement, copyRow, type ElementBytes } from './copy.ts'
import { type Kernel, mulAdd } from './kernel.ts'

export type GatherKernel = {
  readonly indexType: 'i32' | 'i64'
  /** Bytes of a row that is one element; undefined for longer rows. */
  readonly elementBytes: ElementBytes | undefined
}

/** Rows of [outer, length, row] by index: [outer, indices, row]. Unit: one row of output. */
export function gatherKernel({ indexType, elementBytes }: GatherKernel): Kernel {
  // The low half of an i64, which is little-endian, is the whole of an index.
  const indexBytes = indexType === 'i64' ? 8 : 4
  return {
    key: `gather ${indexType} ${elementBytes ?? 'row'}`,
    words: ['input', 'indices', 'out', 'length', 'count', 'rowBytes'],
    build({ f, word, begin, end }) {
      const unit = f.local('i32')
      // Which index is next, and where the rows that it counts begin: a division for each unit would cost more than a short row.
      const next = f.let(i32.remU(begin, word('count')))
      const step = f.let(i32.mul(word('length'), word('rowBytes')))
      const from = f.let(mulAdd(word('input'), i32.divU(begin, word('count')), step))
      const to = f.let(mulAdd(word('out'), begin, word('rowBytes')))
      f.for(unit, begin, end, 1, () => {
        const index = i32.load(mulAdd(word('indices'), next, indexBytes))
        const row = f.let(mulAdd(from, index, word('rowBytes')))
        if (elementBytes) copyElement(f, row, to, elementBytes)
        else copyRow(f, row, f.let(to), word('rowBytes'))
        f.add(to, word('rowBytes'))
        f.add(next, 1)
        f.if(i32.geS(next, word('count')), () => {
          f.set(next, i32.const(0))
          f.add(from, step)
        })
      })
    },
  }
}
