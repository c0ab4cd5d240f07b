import type { ExactType } from '../../value.ts'
import { i32 } from '../emit/expr.ts'
import { leafWord, lengthWord, tablesOf } from './epilogue.ts'
import { applyFormula, type Formula, formulaKey } from './formula.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'
import { ELEMENT_BYTES, hold, LANES, type Lanes, loadLanes, splatLanes, storeSome } from './lanes.ts'

/** How neighbours along the innermost dimension find a leaf's elements: each its own, or all the same one. */
export type ElementwiseLeaf = { readonly type: ExactType; readonly access: 'vector' | 'splat' | 'table' }
export type ElementwiseKernel = {
  readonly formula: Formula
  readonly leaves: readonly ElementwiseLeaf[]
  /** Number of dimensions outside the innermost. */
  readonly outer: number
}

const dimWord = (dim: number): string => `dim${dim}`
export const strideWord = (leaf: number, dim: number): string => `leaf${leaf}Stride${dim}`

/**
 * A chain of elementwise operators over a dense output. Words `dim<j>` are the lengths of the outer dimensions, `leaf<i>Stride<j>` the
 * leaves' strides along them, in elements. Unit: `blockLength` elements of one innermost row, of which there are `blocks`.
 */
export function elementwiseKernel(spec: ElementwiseKernel): Kernel {
  const { formula, leaves, outer } = spec
  const dims = Array.from({ length: outer }, (_, dim) => dim)
  const leafWords = leaves.flatMap(({ access }, leaf) =>
    access === 'table'
      ? [leafWord(leaf), lengthWord(leaf)]
      : [leafWord(leaf), ...dims.map((dim) => strideWord(leaf, dim))],
  )
  return {
    key: `elementwise ${outer} ${leaves.map(({ type, access }) => `${access}:${type}`).join()}|${formulaKey(formula)}`,
    words: ['out', 'inner', 'blocks', 'blockLength', ...dims.map(dimWord), ...leafWords],
    build: (body) => buildElementwise(body, spec),
  }
}

function buildElementwise(body: KernelBody, { formula, leaves, outer }: ElementwiseKernel): void {
  const { f, word, begin, end, scratch } = body
  const [unit, from] = [f.local('i32'), f.local('i32')]
  const tables = tablesOf(body, leaves)
  const outBytes = ELEMENT_BYTES[formula.at(-1)?.type ?? 'f32']
  f.for(unit, begin, end, 1, () => {
    const row = f.let(i32.divU(unit, word('blocks')))
    f.set(from, i32.mul(i32.remU(unit, word('blocks')), word('blockLength')))
    const to = f.let(i32.min(word('inner'), f.let(i32.add(from, word('blockLength')))))
    const starts = leaves.map(({ access }) => (access === 'table' ? undefined : f.let(i32.const(0))))
    const rest = f.let(row)
    for (let dim = outer - 1; dim >= 0; dim--) {
      const index = f.let(i32.remU(rest, word(dimWord(dim))))
      f.set(rest, i32.divU(rest, word(dimWord(dim))))
      for (const [leaf, start] of starts.entries()) {
        if (start) f.set(start, mulAdd(start, index, word(strideWord(leaf, dim))))
      }
    }
    const addresses = leaves.map(({ type, access }, leaf) => {
      const start = starts[leaf]
      if (!start) return undefined
      const first = access === 'vector' ? i32.add(start, from) : start
      return f.let(mulAdd(word(leafWord(leaf)), first, ELEMENT_BYTES[type]))
    })
    const splats = leaves.map(({ type, access }, leaf) => {
      const address = addresses[leaf]
      return access === 'splat' && address ? hold(f, splatLanes(type, address)) : undefined
    })
    const out = f.let(mulAdd(word('out'), mulAdd(from, row, word('inner')), outBytes))
    f.while(i32.ltS(from, to), () => {
      const values = leaves.map(({ type, access }, leaf): Lanes | undefined => {
        const address = addresses[leaf]
        return access === 'vector' && address ? hold(f, loadLanes(type, address)) : splats[leaf]
      })
      const count = f.let(i32.sub(to, from))
      storeSome(f, out, applyFormula(f, formula, values, tables), count, scratch)
      f.add(from, LANES)
      f.add(out, LANES * outBytes)
      for (const [leaf, address] of addresses.entries()) {
        const { type, access } = leaves[leaf] ?? {}
        if (address && type && access === 'vector') f.add(address, LANES * ELEMENT_BYTES[type])
      }
    })
  })
}
