import type { InferenceSession } from 'onnxruntime-node'

/**
 * Rewrites of ONNX Runtime that do not keep exact results, or not even the process, so that the profile turns them off. `DivMulFusion` makes y / x of (1 / x) · y, which
 * for integers is another number (seen in 1.30.0: 10 · ⌊1/3⌋ becomes 3). `Pad_Fusion`
 * makes the zeros of a Pad before a MaxPool into padding, which never wins: −5 comes out where 0 should. `FuseReluClip` refuses whole models in which a
 * Clip of integers follows a Relu. `MatmulTransposeFusion` ends the process where the transposed operand of a product has more axes than the other.
 */
const UNSOUND_REWRITES = ['DivMulFusion', 'Pad_Fusion', 'FuseReluClip', 'MatmulTransposeFusion'] as const

/**
 * How sessions on exact graphs are opened. All levels of rewriting are on: they change the order of sums, which is free in an exact graph, and bring
 * the blocked layouts that convolutions are fast in. What would change values is off, or is said here although it is the default.
 */
export function sessionOptions(threads: number | undefined, rewrite = true): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: rewrite ? 'all' : 'disabled',
    executionMode: 'sequential',
    // Lengths differ from run to run: see ../../inference/onnx/openNetwork.ts.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      optimization: { disable_specified_optimizers: UNSOUND_REWRITES.join(';'), enable_gelu_approximation: '0' },
      session: { set_denormal_as_zero: '0' },
      mlas: { enable_gemm_fastmath_arm64_bfloat16: '0' },
    },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
  }
}
