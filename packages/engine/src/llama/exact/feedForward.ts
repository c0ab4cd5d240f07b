import { int } from '../../quantize/emit/emitter.ts'
import { byteMatrix, byteProduct } from '../../quantize/lower/byteProduct.ts'
import { toBytes } from '../../quantize/lower/bytes.ts'
import { silu } from '../../quantize/lower/functions.ts'
import { gated, gateTable } from '../../quantize/lower/gating.ts'
import { normSpread } from '../../quantize/lower/steps.ts'
import { stacked } from '../checkpoint.ts'
import { normedBytes } from './normed.ts'
import type { Block, ExactScope } from './scope.ts'

/** Binary places that the product with the gate has beyond its bytes. */
const GATED_PLACES = 20

/** down(silu(gate(x)) · up(x)) (SwiGLU, arXiv 2002.05202); a passing tensor in steps of the residual stream. */
export function feedForward(scope: ExactScope, { x, layer, tensors, calibration }: Block): string {
  const { emitter, config } = scope
  const hint = `layer ${layer}`
  const normed = normedBytes(scope, x, calibration.feedForwardIn, `${hint}/feed-forward in`)
  const spread = normSpread(tensors.feedForwardNorm, calibration.feedForwardIn)
  const matrix = byteMatrix(stacked(tensors.gate, tensors.up), config.hidden, spread)
  const table = gateTable(silu, calibration.gate)
  // Up's outputs are counted so that times the table's steps, less the places, they are bytes of the product.
  const outputSteps = [
    ...Array.from({ length: config.ffn }, () => calibration.gate),
    ...calibration.inner.map((step) => step / table.step / 2 ** GATED_PLACES),
  ]
  const product = byteProduct({
    emitter,
    x: normed,
    matrix,
    factors: matrix.steps.map((step, i) => (step * calibration.feedForwardIn.step) / (outputSteps[i] ?? 1)),
    hint: `${hint}/gate up`,
  })
  const rounded = emitter.node('Round', [product], {}, `${hint}/gate up`)
  const [gate = '', up = ''] = emitter.nodes(
    'Split',
    [rounded],
    { axis: int(2), num_outputs: int(2) },
    2,
    `${hint}/split`,
  )
  const inner = emitter.node('Mul', [gated({ emitter, gate, table, hint: `${hint}/gate` }), up], {}, `${hint}/inner`)
  const bytes = toBytes(emitter, inner, `${hint}/inner/bytes`, emitter.f64(2 ** -GATED_PLACES))
  const down = byteMatrix(tensors.down, config.ffn, calibration.inner)
  return byteProduct({
    emitter,
    x: bytes,
    matrix: down,
    factors: down.steps.map((step) => step / scope.step),
    hint: `${hint}/feed-forward out`,
  })
}
