import type { OnnxModel } from '../../onnx/model.ts'
import { Emitter } from '../../quantize/emit/emitter.ts'
import { byteMatrix, byteProduct } from '../../quantize/lower/byteProduct.ts'
import { hiding } from '../../quantize/lower/mixing.ts'
import { rootNormReach } from '../../quantize/lower/rootNorm.ts'
import { normSpread } from '../../quantize/lower/steps.ts'
import { wordTable } from '../../quantize/lower/wordTable.ts'
import type { LlamaCalibration } from '../calibrate/calibration.ts'
import { headWeights, type LlamaWeights, layerWeights } from '../checkpoint.ts'
import { LOGIT_STEPS } from '../generate/choice.ts'
import { lastPosition } from '../lastPosition.ts'
import { llamaInputs, positionParts, visiblePositions } from '../positions.ts'
import { attention } from './attention.ts'
import { feedForward } from './feedForward.ts'
import { normedBytes } from './normed.ts'
import { rotaryConstants } from './rotaryConstants.ts'
import type { ExactScope } from './scope.ts'

/** Room in the residual stream beyond what calibration saw. */
const HEADROOM = 1.5

export type BuildExactLlamaParameters = {
  weights: LlamaWeights
  calibration: LlamaCalibration
  /** Logits of every new position (i32 [B, T, vocab]) rather than of the last (i32 [B, vocab]): for measuring perplexity. */
  everyPosition?: boolean
  /** Most sequences in one step. */
  sequences?: number
}

/**
 * A Llama-like decoder in the exact profile. Inputs: `ids` and `position` i64 [B, T], and caches `key_i` u8 [B, kvHeads, headDim, L]
 * and `value_i` u8 [B, kvHeads, L, headDim], which the caller fills with what the outputs `new_key_i` and `new_value_i` give; output
 * `logits` in units of 1/1024. A row's results do not depend on the steps in which a text is read, nor on other rows.
 */
export async function buildExactLlama(parameters: BuildExactLlamaParameters): Promise<OnnxModel> {
  const { weights, calibration, everyPosition = false, sequences = 8 } = parameters
  const { config } = weights
  const emitter = new Emitter()
  const inputs = llamaInputs(emitter, config, 'u8', sequences)
  const reach = rootNormReach(config.hidden)
  const scope: ExactScope = {
    emitter,
    inputs,
    config,
    reach,
    step: (calibration.residual * HEADROOM) / reach,
    hidden: hiding(emitter, visiblePositions(emitter, inputs, config.heads / config.kvHeads)),
    parts: positionParts(emitter, inputs),
    rotary: rotaryConstants(emitter, config, inputs.position),
  }
  const table = (await weights.tensor('embedding')).data
  const rows = { emitter, table, width: config.hidden, indices: inputs.ids, step: scope.step, hint: 'embedding' }
  let x = bounded(scope, wordTable(rows), 'embedding')
  for (const [layer, own] of calibration.layers.entries()) {
    const tensors = await layerWeights(weights, layer)
    x = added(scope, x, attention(scope, { x, layer, tensors, calibration: own }), `layer ${layer}/attended`)
    x = added(scope, x, feedForward(scope, { x, layer, tensors, calibration: own }), `layer ${layer}/fed`)
  }
  if (!everyPosition) x = lastPosition(emitter, x)
  const normed = normedBytes(scope, x, calibration.norm, 'norm')
  const spread = normSpread((await weights.tensor('norm')).data, calibration.norm)
  const matrix = byteMatrix(await headWeights(weights), config.hidden, spread)
  const product = byteProduct({
    emitter,
    x: normed,
    matrix,
    factors: matrix.steps.map((step) => step * calibration.norm.step * LOGIT_STEPS),
    hint: 'head',
  })
  const logits = emitter.cast(emitter.node('Round', [product], {}, 'head/rounded'), 'i32', 'head/logits')
  emitter.output(everyPosition ? logits : emitter.node('Squeeze', [logits, emitter.i64([1])]), 'logits', 'i32')
  return emitter.model()
}

/** The residual stream with what a block adds to it; within the bounds that squares can be summed of. */
function added(scope: ExactScope, x: string, block: string, hint: string): string {
  const { emitter } = scope
  const sum = emitter.node('Add', [x, emitter.node('Round', [block], {}, `${hint}/rounded`)], {}, `${hint}/sum`)
  return bounded(scope, sum, hint)
}

function bounded({ emitter, reach }: ExactScope, x: string, hint: string): string {
  return emitter.node('Clip', [x, emitter.f64(-reach), emitter.f64(reach)], {}, hint)
}
