import type { OnnxNode } from '../../onnx/model.ts'
import type { Value } from '../value.ts'
import type { Inputs } from './elements.ts'
import { EvaluationError, Refusal } from './errors.ts'
import type { Operator } from './operator.ts'
import { add, div, max, min, mul, sub } from './operators/arithmetic.ts'
import { cast } from './operators/cast.ts'
import { constant, constantOfShape, range, shape } from './operators/constants.ts'
import { conv, convTranspose } from './operators/convolution.ts'
import { and, equal, greater, less, not, or, where } from './operators/logic.ts'
import {
  concat,
  expand,
  gather,
  identity,
  pad,
  reshape,
  slice,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from './operators/movement.ts'
import { matMul, matMulInteger } from './operators/product.ts'
import { argMax, reduceMax, reduceMin, reduceSum } from './operators/reduction.ts'
import { maxPool, resize } from './operators/resampling.ts'
import { clip, floor, hardSigmoid, relu, round, sqrt } from './operators/unary.ts'

/** The operators of specs/exact-inference.md. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    Conv: conv,
    ConvTranspose: convTranspose,
    MatMul: matMul,
    MatMulInteger: matMulInteger,
    Add: add,
    Sub: sub,
    Mul: mul,
    Div: div,
    Floor: floor,
    Round: round,
    Sqrt: sqrt,
    Clip: clip,
    Relu: relu,
    HardSigmoid: hardSigmoid,
    Max: max,
    Min: min,
    Equal: equal,
    Less: less,
    Greater: greater,
    Not: not,
    And: and,
    Or: or,
    Where: where,
    Cast: cast,
    Gather: gather,
    ReduceSum: reduceSum,
    ReduceMax: reduceMax,
    ReduceMin: reduceMin,
    ArgMax: argMax,
    MaxPool: maxPool,
    Resize: resize,
    Reshape: reshape,
    Transpose: transpose,
    Concat: concat,
    Slice: slice,
    Split: split,
    Squeeze: squeeze,
    Unsqueeze: unsqueeze,
    Expand: expand,
    Pad: pad,
    Identity: identity,
    Shape: shape,
    Constant: constant,
    ConstantOfShape: constantOfShape,
    Range: range,
  }),
)

/**
 * Computes one node over the real numbers, as specs/exact-inference.md and ONNX's operator pages (opset 18) define it: a value for each of its
 * outputs. Nothing rounds unseen: throws `EvaluationError` where a result, or an operand, is not one that the profile defines.
 * Results may share memory with inputs.
 */
export function evaluate(node: OnnxNode, inputs: Inputs): Value[] {
  const operator = node.domain === '' ? OPERATORS.get(node.op) : undefined
  if (operator === undefined) throw new EvaluationError(node, 'the operator is not part of the profile')
  try {
    return operator(node, inputs)
  } catch (error) {
    if (error instanceof Refusal) throw new EvaluationError(node, error.message)
    throw error
  }
}
