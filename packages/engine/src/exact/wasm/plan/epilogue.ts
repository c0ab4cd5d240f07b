import { type ExactType, elementsOf } from '../../value.ts'
import { type Epilogue, type EpilogueLeaf, leafWord, lengthWord } from '../kernels/epilogue.ts'
import type { Chain } from './chain.ts'
import { addressOf, type PlanBuilder, type Word } from './planBuilder.ts'
import { broadcast, isDense, type Order, type View } from './view.ts'

/** What a producer makes: its type, the shape and order in which it lies in memory, and the axis of its channels, if kernels know them. */
export type Made = {
  readonly type: ExactType
  readonly dims: readonly number[]
  readonly order: Order
  readonly channelAxis: number | undefined
}

/** Plans what a producer's kernel does before it writes: the epilogue, and the parameters that it adds. */
export function planEpilogue(
  plan: PlanBuilder,
  { formula, leaves }: Chain,
  made: Made,
): { epilogue: Epilogue; words: Record<string, Word> } {
  const words: Record<string, Word> = {}
  const specs = leaves.map((leaf, index): EpilogueLeaf => {
    if (leaf.kind === 'self') return { type: made.type, access: 'self' }
    const { view } = leaf
    if (leaf.kind === 'table') {
      words[leafWord(index)] = addressOf(view)
      words[lengthWord(index)] = elementsOf(view.dims)
      return { type: view.type, access: 'table' }
    }
    const access = accessOf(view, made)
    words[leafWord(index)] = addressOf(access === 'same' ? plan.dense(broadcast(view, made.dims), made.order) : view)
    return { type: view.type, access }
  })
  return { epilogue: { formula, leaves: specs, type: formula.at(-1)?.type ?? made.type }, words }
}

function accessOf(view: View, { dims, channelAxis }: Made): 'scalar' | 'channel' | 'same' {
  if (elementsOf(view.dims) === 1) return 'scalar'
  if (channelAxis === undefined) return 'same'
  const axis = channelAxis - (dims.length - view.dims.length)
  const isOnePerChannel = view.dims.every((length, own) => (own === axis ? length === dims[channelAxis] : length === 1))
  return isOnePerChannel && axis >= 0 && isDense(view, [...view.dims.keys()]) ? 'channel' : 'same'
}
