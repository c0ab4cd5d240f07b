import type { OnnxModel } from '../../onnx/model.ts'
import type { BoundsMemory } from './boundsMemory.ts'
import type { Facts } from './facts.ts'
import type { WeightSums } from './weightSums.ts'

/** The lengths that a named dimension may have: multiples of `step` from `min` to `max`. */
export type Lengths = { readonly min: number; readonly max: number; readonly step: number }

/** A model of the exact profile as loaded: read, checked for the shortest and the longest inputs that it states. */
export type ExactGraph = {
  /** The model as an ONNX file again: nothing but what was read and proved. */
  readonly bytes: Uint8Array
  readonly model: OnnxModel
  /** Values that each input may hold. */
  readonly ranges: ReadonlyMap<string, { readonly lo: number; readonly hi: number }>
  /** Named dimensions of the inputs. */
  readonly lengths: ReadonlyMap<string, Lengths>
  /** Facts of the initializers. */
  readonly constants: ReadonlyMap<string, Facts>
  readonly sums: WeightSums
  readonly memory: BoundsMemory
}
