import type { OnnxTensor } from '../onnx/model.ts'

/** Element types of the exact profile (specs/exact-inference.md). */
export const EXACT_TYPES = ['f32', 'f64', 'i32', 'i64', 'u8', 'i8', 'bool'] as const
export type ExactType = (typeof EXACT_TYPES)[number]

/** A tensor of an exact graph as its executors hold it: integers or dyadic rationals in the array of the type. */
export type Value = Extract<OnnxTensor, { type: ExactType }>

export const elementsOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)
