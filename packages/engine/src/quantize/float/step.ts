import type { OnnxNode, OnnxTensor, OnnxValue } from '../../onnx/model.ts'

/** A constant of real numbers; row-major. Doubles, so that folding constants into each other loses nothing that matters. */
export type Reals = { readonly dims: readonly number[]; readonly data: Float64Array }

/** A function of one real number that gives the same double on every machine. */
export type RealFunction = (x: number) => number

/** Bounds that an activation ends with; infinite where there is none. */
export type Bounds = { readonly lo: number; readonly hi: number }
export const UNBOUNDED: Bounds = { lo: -Infinity, hi: Infinity }

export type Window = {
  readonly strides: readonly number[]
  /** Top, left, bottom, right. */
  readonly pads: readonly number[]
}

/**
 * What a float graph does, operation by operation, with everything folded that can be. `name` is the tensor that a step makes: a tensor
 * of the original graph under its own name and with its own values. `node` is where it came from, for errors.
 */
export type Step = { readonly name: string; readonly node: Pick<OnnxNode, 'name' | 'op'> } & Work

export type Work =
  | ConvStep
  | LinearStep
  /** Product of two computed tensors by NumPy's rules. */
  | { readonly op: 'product'; readonly a: string; readonly b: string }
  | AffineStep
  | HardSwishStep
  | { readonly op: 'function'; readonly x: string; readonly fn: RealFunction; readonly what: string }
  | { readonly op: 'clip'; readonly x: string; readonly bounds: Bounds }
  | { readonly op: 'add' | 'sub' | 'mul' | 'div'; readonly a: string; readonly b: string }
  /** Mean over axes, which stay with length 1 where `keep` says so. */
  | { readonly op: 'mean'; readonly x: string; readonly axes: readonly number[]; readonly keep: boolean }
  | { readonly op: 'maxPool'; readonly x: string; readonly kernel: readonly number[]; readonly window: Window }
  | { readonly op: 'resize'; readonly x: string; readonly factors: readonly number[] }
  | { readonly op: 'concat'; readonly xs: readonly string[]; readonly axis: number }
  | { readonly op: 'softmax'; readonly x: string; readonly axis: number }
  | LayerNormStep
  /** Elements move: the ONNX node at operator set 18, whose inputs after the first are integers. */
  | { readonly op: 'move'; readonly x: string; readonly moved: OnnxNode }
  /** Integers that follow from shapes: the ONNX node at operator set 18. */
  | { readonly op: 'integers'; readonly made: OnnxNode }

/** Convolution of NCHW; weights [out, in/group, h, w], transposed [in, out, h, w] and group 1. Ends with bounds. */
export type ConvStep = Window & {
  readonly op: 'conv'
  readonly transposed: boolean
  readonly x: string
  readonly weights: Reals
  readonly bias: Float64Array
  readonly group: number
  readonly bounds: Bounds
}

/** x · weights + bias over the last axis; weights [in, out]. Ends with bounds. */
export type LinearStep = {
  readonly op: 'linear'
  readonly x: string
  readonly weights: Reals
  readonly bias: Float64Array
  readonly bounds: Bounds
}

/** x · factor + shift, for each channel of an axis counted from the end (−3 of NCHW, −1 of rows); one value for all where there is one. */
export type AffineStep = {
  readonly op: 'affine'
  readonly x: string
  readonly axis: number
  readonly factor: Float64Array
  readonly shift: Float64Array
}

/** factor · x · min(max(alpha · x + beta, 0), 1) + shift. */
export type HardSwishStep = {
  readonly op: 'hardSwish'
  readonly x: string
  readonly alpha: number
  readonly beta: number
  readonly factor: number
  readonly shift: number
}

/** Normalisation over the last axis to mean 0 and variance 1, then factor and shift. */
export type LayerNormStep = {
  readonly op: 'layerNorm'
  readonly x: string
  readonly factor: Float64Array
  readonly shift: Float64Array
  readonly epsilon: number
}

/** A float graph as the converter works on it. */
export type FloatGraph = {
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly string[]
  /** Integers that steps read: shapes, axes, indices. */
  readonly integers: ReadonlyMap<string, OnnxTensor>
  /** In an order in which each tensor is made before it is read. */
  readonly steps: readonly Step[]
}

/** Names of the tensors of real numbers that a step reads. */
export function readsOf(step: Step): readonly string[] {
  switch (step.op) {
    case 'product':
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return [step.a, step.b]
    case 'concat':
      return step.xs
    case 'integers':
      return step.made.inputs
    case 'move':
      return step.moved.inputs
    default:
      return [step.x]
  }
}
