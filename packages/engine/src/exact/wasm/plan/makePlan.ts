import type { OnnxNode } from '../../../onnx/model.ts'
import type { BoundGraph } from '../../profile/index.ts'
import type { Kernel } from '../kernels/kernel.ts'
import { ELEMENT_BYTES } from '../kernels/lanes.ts'
import { assignMemory } from './assignMemory.ts'
import { type Chain, chainOf } from './chain.ts'
import { planConv, planConvTranspose } from './conv.ts'
import { planElementwise } from './elementwise.ts'
import { type Group, groupNodes } from './groups.ts'
import { planMatMul } from './matMul.ts'
import { planMatMulInteger } from './matMulInteger.ts'
import { planMaxPool } from './maxPool.ts'
import { planMove } from './moves.ts'
import { align, PlanBuilder, type Word } from './planBuilder.ts'
import { planArgMax, planReduce } from './reduce.ts'
import { type Home, naturalOrder, type View } from './view.ts'
import type { WeightStore } from './weightStore.ts'

/** A tensor with the address of its first element, in the arena or among the weights. */
export type Located = { readonly view: View; readonly address: number; readonly inArena: boolean }

/** What is to be done for one set of lengths and one set of tensors to show. */
export type Plan = {
  readonly steps: readonly {
    readonly kernel: Kernel
    readonly words: number
    readonly units: number
    readonly unitCost: number
  }[]
  /** Constants and parameters: the first bytes of the arena, before the tensors. */
  readonly image: Uint8Array
  /** Places in the image of words to which the arena's address must be added. */
  readonly relocations: readonly number[]
  readonly arenaBytes: number
  readonly inputs: ReadonlyMap<string, Located>
  readonly outputs: ReadonlyMap<string, Located>
  /** Tensors to show after so many steps. */
  readonly shows: ReadonlyMap<number, readonly { readonly name: string; readonly tensor: Located }[]>
}

/** Plans a bound graph. Tensors named in `watched` come to memory and are shown; all others may disappear into their readers. */
export function makePlan(bound: BoundGraph, weights: WeightStore, watched: ReadonlySet<string>): Plan {
  const plan = new PlanBuilder(bound, weights)
  for (const name of bound.inputs) {
    const { type, dims } = plan.facts(name)
    plan.views.set(name, plan.allocate(type, dims, naturalOrder(dims.length)))
  }
  for (const group of groupNodes(bound, new Set([...bound.outputs, ...watched]))) {
    const made = planGroup(plan, group)
    for (const [index, name] of group.root.outputs.entries()) {
      const view = made[index]
      if (!view || name === '') continue
      plan.views.set(name, view)
      if (watched.has(name)) plan.show(name, view)
    }
  }
  for (const name of bound.outputs) plan.keep(plan.view(name).home)
  return layOut(plan)
}

function planGroup(plan: PlanBuilder, { root, producer, chain }: Group): View[] {
  const steps = chainOf(plan, chain, producer)
  if (producer) return [planProducer(plan, producer, steps)]
  if (chain.length > 0) return [planElementwise(plan, steps, plan.facts(root.outputs[0] ?? '').dims)]
  return root.op === 'ArgMax' ? [planArgMax(plan, root)] : planMove(plan, root)
}

function planProducer(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  switch (node.op) {
    case 'Conv':
      return planConv(plan, node, chain)
    case 'ConvTranspose':
      return planConvTranspose(plan, node, chain)
    case 'MatMul':
      return planMatMul(plan, node, chain)
    case 'MatMulInteger':
      return planMatMulInteger(plan, node, chain)
    case 'MaxPool':
      return planMaxPool(plan, node, chain)
    default:
      return planReduce(plan, node, chain)
  }
}

/** Gives everything its place: the builder's constants, then parameters, then tensors. */
function layOut(plan: PlanBuilder): Plan {
  const constants = plan.image()
  const wordsStart = constants.reduce((sum, { length }) => sum + length, 0)
  const imageBytes = align(wordsStart + 4 * plan.steps.reduce((sum, { words }) => sum + words.length, 0))
  const arenaBytes = imageBytes + assignMemory(plan.buffers)
  const place = (home: Home): { address: number; inArena: boolean } => {
    if (home.kind === 'weights') return { address: home.address, inArena: false }
    return { address: home.kind === 'image' ? home.offset : imageBytes + home.buffer.offset, inArena: true }
  }
  const image = new Uint8Array(imageBytes)
  constants.reduce((at, bytes) => {
    image.set(bytes, at)
    return at + bytes.length
  }, 0)
  const all = new Int32Array(image.buffer)
  const relocations: number[] = []
  let at = wordsStart / 4
  const put = (word: Word): void => {
    if (typeof word === 'number') all[at++] = word
    else {
      const { address, inArena } = place(word.home)
      if (inArena) relocations.push(at)
      all[at++] = address + word.bytes
    }
  }
  const steps = plan.steps.map(({ kernel, words, units, unitCost }) => {
    const start = at * 4
    words.forEach(put)
    return { kernel, words: start, units, unitCost }
  })
  const locate = (view: View): Located => {
    const { address, inArena } = place(view.home)
    return { view, address: address + view.offset * ELEMENT_BYTES[view.type], inArena }
  }
  const shows = new Map<number, { name: string; tensor: Located }[]>()
  for (const { after, name, view } of plan.shows) {
    shows.set(after, [...(shows.get(after) ?? []), { name, tensor: locate(view) }])
  }
  const named = (names: readonly string[]) => new Map(names.map((name) => [name, locate(plan.view(name))]))
  return {
    steps,
    image,
    relocations,
    arenaBytes,
    inputs: named(plan.bound.inputs),
    outputs: named(plan.bound.outputs),
    shows,
  }
}
