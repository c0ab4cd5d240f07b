import type { OnnxNode } from '../../onnx/model.ts'
import type { Facts } from './facts.ts'

/** Facts but for what depends on lengths directly. */
export type Bounds = Omit<Facts, 'dims'>

/**
 * What was proved of nodes whose bounds follow from those of their inputs, channel by channel, whatever the lengths: requests of other lengths
 * need no other proof. Keeps the last proof of each node.
 */
export class BoundsMemory {
  readonly #proved = new WeakMap<OnnxNode, { inputs: readonly (Facts | undefined)[]; bounds: Bounds }>()

  /** What `prove` gave for this node when its inputs last had these bounds, else what it gives now. */
  of(node: OnnxNode, inputs: readonly (Facts | undefined)[], prove: () => Bounds): Bounds {
    const last = this.#proved.get(node)
    if (last && inputs.every((own, i) => sameBounds(own, last.inputs[i]))) return last.bounds
    const bounds = prove()
    this.#proved.set(node, { inputs, bounds })
    return bounds
  }
}

/** Whether two inputs are the same but for their lengths; arrays are compared by identity. */
function sameBounds(a: Facts | undefined, b: Facts | undefined): boolean {
  if (a === b) return true
  if (!a || !b || a.known || b.known) return false
  const same = a.type === b.type && a.unit === b.unit && a.lo === b.lo && a.hi === b.hi && a.reach === b.reach
  return same && a.channels === b.channels && a.stored === b.stored && a.dims.length === b.dims.length
}
