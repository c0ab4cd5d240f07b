import { int } from '../../quantize/emit/emitter.ts'
import { roundHalfEven } from '../../quantize/emit/quantized.ts'
import type { ExactScope } from './scope.ts'

const WORD_REACH = 32767

/**
 * The embedding of `ids` in the residual stream: f64 [B, T, hidden]. Rows are kept as 16-bit words in two bytes, high bytes before low
 * ones, in steps of a power of two of the stream's, so the error is half such a step: 1/65,534 of the largest weight.
 */
export function embeddingTable({ emitter, inputs, config, step, reach }: ExactScope, embedding: Float32Array): string {
  const { hidden, vocab } = config
  const largest = embedding.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  let coarse = 1
  while (largest / (step * coarse) > WORD_REACH) coarse *= 2
  const bytes = new Uint8Array(vocab * 2 * hidden)
  for (let id = 0; id < vocab; id++)
    for (let i = 0; i < hidden; i++) {
      const word = 32768 + roundHalfEven((embedding[id * hidden + i] ?? 0) / (step * coarse))
      bytes[id * 2 * hidden + i] = word >> 8
      bytes[id * 2 * hidden + hidden + i] = word & 255
    }
  const table = emitter.constant({ type: 'u8', dims: [vocab, 2, hidden], data: bytes }, 'embedding/table')
  const rows = emitter.node('Gather', [table, inputs.ids], {}, 'embedding/bytes')
  const weighed = emitter.node(
    'Mul',
    [emitter.cast(rows, 'f64', 'embedding/wide'), emitter.f64([256 * coarse, coarse], [2, 1])],
    {},
    'embedding/weighed',
  )
  const sum = emitter.node('ReduceSum', [weighed, emitter.i64([2])], { keepdims: int(0) }, 'embedding/sum')
  const centred = emitter.node('Sub', [sum, emitter.f64(32768 * coarse)], {}, 'embedding/centred')
  return emitter.node('Clip', [centred, emitter.f64(-reach), emitter.f64(reach)], {}, 'embedding')
}
