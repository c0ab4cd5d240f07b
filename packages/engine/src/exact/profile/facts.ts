import type { ExactType, Value } from '../value.ts'

/** The type in which a carried tensor is committed to (specs/exact-inference.md, "Stored type"). */
export type StoredType = 'u8' | 'i8' | 'i16' | 'i32' | 'i64'

/** Bounds of one axis' channels where they differ: after a product with constant weights, until it is rounded. */
export type ChannelFacts = {
  readonly axis: number
  /** Exponent e of each channel's unit 2^e. */
  readonly unit: Int32Array
  readonly lo: Float64Array
  readonly hi: Float64Array
  /** See `Interval.reach`. */
  readonly reach?: Float64Array | undefined
}

/** What the loader has proved of a tensor for given lengths of the graph's inputs. */
export type Facts = {
  readonly type: ExactType
  readonly dims: readonly number[]
  /** Every element is a multiple of 2^unit; at most 0. */
  readonly unit: number
  readonly lo: number
  readonly hi: number
  /** See `Interval.reach`. */
  readonly reach?: number | undefined
  readonly channels?: ChannelFacts
  /** The elements, where they follow from constants and lengths alone. */
  readonly known?: Value
  readonly stored: StoredType
}

/** Unit 1: such a tensor is part of the trace, and anything may read it. */
export const isCarried = (facts: Facts): boolean => facts.unit === 0
