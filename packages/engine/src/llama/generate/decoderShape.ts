import type { OnnxModel } from '../../onnx/model.ts'

/** What a generation loop must know of a decoder's graph. */
export type DecoderShape = {
  readonly layers: number
  readonly kvHeads: number
  readonly headDim: number
  readonly vocab: number
  readonly context: number
}

/**
 * Reads a decoder's shape off its inputs (specs/generation.md, "The graph"). Returns a reason, as a text, where the graph is no decoder.
 */
export function decoderShape(model: OnnxModel): DecoderShape | string {
  const inputs = new Map(model.inputs.map((input) => [input.name, input]))
  const layers = model.inputs.filter(({ name }) => /^key_\d+$/.test(name)).length
  if (layers === 0 || model.inputs.length !== 2 + 2 * layers) return 'its inputs are not ids, position and caches'
  const [, kvHeads, headDim] = inputs.get('key_0')?.dims ?? []
  if (typeof kvHeads !== 'number' || typeof headDim !== 'number') return 'its caches have no fixed width'
  for (let layer = 0; layer < layers; layer++) {
    const [key, value] = [inputs.get(`key_${layer}`), inputs.get(`value_${layer}`)]
    if (key?.type !== 'u8' || value?.type !== 'u8') return `layer ${layer} has no caches of bytes`
    if (key.dims?.slice(1).join() !== `${kvHeads},${headDim},L`) return `key_${layer} has another shape than key_0`
    if (value.dims?.slice(1).join() !== `${kvHeads},L,${headDim}`) return `value_${layer} does not match key_${layer}`
  }
  const upTo = (name: string) => {
    const range = /^0\.\.(\d{1,9})$/.exec(model.metadata.get(`stoa.range.${name}`) ?? '')
    return range ? Number(range[1]) + 1 : 0
  }
  const [vocab, context] = [upTo('ids'), upTo('position')]
  if (vocab < 1 || context < 2) return 'it does not say how many ids and positions it knows'
  const outputs = new Set(model.outputs.map(({ name }) => name))
  const wanted = ['logits', ...Array.from({ length: layers }, (_, i) => [`new_key_${i}`, `new_value_${i}`]).flat()]
  const missing = wanted.find((name) => !outputs.has(name))
  return missing === undefined ? { layers, kvHeads, headDim, vocab, context } : `it gives out no ${missing}`
}
