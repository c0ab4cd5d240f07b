import type { OnnxModel } from '../../../onnx/model.ts'
import { Emitter, int } from '../../../quantize/emit/emitter.ts'
import { CACHE_STEP } from '../../positions.ts'
import type { DecoderShape } from '../decoderShape.ts'
import { choosing, GREATEST_SETTING } from './choosing.ts'

/** By which `formulas.bin` names the graph that follows from a decoder's (specs/generation.md, "Stages"). */
export const GENERATE_GRAPH = 'generate'

/**
 * The graph of one generated token (specs/generation.md, "Stages"): a decoder that reads the whole text at once, its caches empty, followed by the choosing. It is
 * derived, the same for everybody, and no file of a bundle. Inputs `tokens` i32 [1, T], `settings` i32 [4], `draw` u8 [8]; output `token` i32 [1].
 */
export function generateGraph(model: OnnxModel, { kvHeads, headDim, vocab, context }: DecoderShape): OnnxModel {
  const emitter = new Emitter()
  const hint = 'whole'
  emitter.dimension('T', { min: 1, max: context, step: 1 })
  const tokens = emitter.input('tokens', 'i32', [1, 'T'], { lo: 0, hi: vocab - 1 })
  const settings = emitter.input('settings', 'i32', [4], { lo: 0, hi: GREATEST_SETTING })
  const draw = emitter.input('draw', 'u8', [8])

  const ids = emitter.cast(tokens, 'i64', hint)
  const length = emitter.node(
    'Gather',
    [emitter.node('Shape', [ids], {}, hint), emitter.i64(1, [], hint)],
    { axis: int(0) },
    hint,
  )
  const zero = emitter.i64(0, [], hint)
  const places = emitter.node('Range', [zero, length, emitter.i64(1, [], hint)], {}, hint)
  // Made of the ids, so that what follows from positions alone is part of the trace, and not computed whenever lengths are settled.
  const position = emitter.node('Add', [emitter.node('Mul', [ids, zero], {}, hint), places], {}, hint)
  const empty = (dims: readonly number[]) =>
    emitter.constant({ type: 'u8', dims, data: new Uint8Array(kvHeads * headDim * CACHE_STEP) }, hint)
  const given: Record<string, string> = { ids, position }
  for (const { name } of model.inputs) {
    if (name.startsWith('key_')) given[name] = empty([1, kvHeads, headDim, CACHE_STEP])
    if (name.startsWith('value_')) given[name] = empty([1, kvHeads, CACHE_STEP, headDim])
  }
  const before = emitter.model().nodes.length
  emitter.output(choosing({ emitter, logits: 'logits', settings, draw, vocab }), 'token', 'i32', [1])
  const own = emitter.model()
  const decoder = model.nodes.map((node) => ({ ...node, inputs: node.inputs.map((name) => given[name] ?? name) }))
  return {
    ...own,
    initializers: new Map([...model.initializers, ...own.initializers]),
    nodes: [...own.nodes.slice(0, before), ...decoder, ...own.nodes.slice(before)],
  }
}
