import type { OnnxNode } from '../onnx/model.ts'
import type { ExecutorKind } from './executor.ts'
import type { ExactGraph } from './profile/index.ts'

/** Operators that ONNX Runtime computes with its float32 kernels, which beat what WebAssembly's plain vectors can do. */
const FLOAT_PRODUCTS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul'])
const BYTE_PRODUCTS: ReadonlySet<string> = new Set(['MatMulInteger'])

/**
 * The order in which `auto` tries executors, the fastest first (`npm run bench -- verified`): WebAssembly where most weights are multiplied as bytes, as in
 * language models, or where there are none; ONNX Runtime, after its self-test, where most are multiplied as floats, as in convolutions.
 */
export function preferredOrder({ model }: ExactGraph): readonly ExecutorKind[] {
  const weights = (products: ReadonlySet<string>): number =>
    model.nodes.reduce((sum, node) => (products.has(node.op) ? sum + weightsOf(node) : sum), 0)
  const weightsOf = ({ inputs }: OnnxNode): number =>
    inputs.reduce((sum, name) => sum + (model.initializers.get(name)?.data.length ?? 0), 0)
  return weights(FLOAT_PRODUCTS) > weights(BYTE_PRODUCTS)
    ? ['onnxruntime', 'wasm', 'reference']
    : ['wasm', 'onnxruntime', 'reference']
}
