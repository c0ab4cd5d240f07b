import type { ExactType } from '../../value.ts'
import { type Expr, i32 } from '../emit/expr.ts'
import type { Local } from '../emit/functionBuilder.ts'
import { applyFormula, type Formula, formulaKey, type Tables } from './formula.ts'
import type { KernelBody } from './kernel.ts'
import { ELEMENT_BYTES, hold, type Lanes, loadLanes, splatLanes, storeSome } from './lanes.ts'

/**
 * Elementwise operators done on the results of a product, a pooling or the like before they are written. Leaf 0 is that result
 * (`self`); others are one element (`scalar`), one for each channel (`channel`), a tensor that lies in memory as the output does
 * (`same`), or a table to look up in.
 */
export type EpilogueLeaf = {
  readonly type: ExactType
  readonly access: 'self' | 'scalar' | 'channel' | 'same' | 'table'
}
export type Epilogue = { readonly formula: Formula; readonly leaves: readonly EpilogueLeaf[]; readonly type: ExactType }

export const epilogueKey = ({ formula, leaves }: Epilogue): string =>
  `${leaves.map(({ type, access }) => `${access}:${type}`).join()}|${formulaKey(formula)}`

/** Parameters of a kernel that ends in `epilogue`. */
export const epilogueWords = ({ leaves }: Epilogue): string[] =>
  leaves.flatMap(({ access }, leaf) =>
    access === 'self' ? [] : access === 'table' ? [leafWord(leaf), lengthWord(leaf)] : [leafWord(leaf)],
  )

export const leafWord = (leaf: number): string => `leaf${leaf}`
export const lengthWord = (leaf: number): string => `leaf${leaf}Length`

export function tablesOf({ word }: KernelBody, leaves: readonly { readonly access: string }[]): Tables {
  return new Map(
    leaves.flatMap(({ access }, leaf) =>
      access === 'table' ? [[leaf, { address: word(leafWord(leaf)), length: word(lengthWord(leaf)) }] as const] : [],
    ),
  )
}

/** Where four results go: `element` of the output, `channel`, and how many of the four there are. */
export type Place = { readonly element: Expr<'i32'>; readonly channel: Expr<'i32'>; readonly count: Local<'i32'> }

/** Applies the epilogue to four results and writes them to the tensor at `out`. */
export function finishLanes(body: KernelBody, epilogue: Epilogue, self: Lanes, out: Expr<'i32'>, place: Place): void {
  const { f, word, scratch } = body
  const element = f.let(place.element)
  const address = (leaf: number, type: ExactType, index: Expr<'i32'>) =>
    i32.add(word(leafWord(leaf)), i32.mul(index, ELEMENT_BYTES[type]))
  const leaves = epilogue.leaves.map(({ type, access }, leaf): Lanes | undefined => {
    if (access === 'self') return self
    if (access === 'table') return undefined
    if (access === 'scalar') return hold(f, splatLanes(type, word(leafWord(leaf))))
    return hold(f, loadLanes(type, address(leaf, type, access === 'channel' ? place.channel : element)))
  })
  const { formula } = epilogue
  const result = formula.length === 0 ? self : applyFormula(f, formula, leaves, tablesOf(body, epilogue.leaves))
  const at = f.let(i32.add(out, i32.mul(element, ELEMENT_BYTES[result.type])))
  storeSome(f, at, result, place.count, scratch)
}
