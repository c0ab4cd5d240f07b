import type { LlamaConfig, LlamaWeights } from '../checkpoint.ts'

/** A small model's shape. */
export const SMALL: LlamaConfig = {
  hidden: 64,
  ffn: 96,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  vocab: 300,
  context: 128,
  ropeTheta: 10000,
  rmsEpsilon: 1e-5,
  tied: true,
}

/** Random weights of about the sizes that training leaves; the same ones for the same seed and name. */
export function randomWeights(config: LlamaConfig, seed = 1): LlamaWeights {
  const { hidden, ffn, heads, kvHeads, headDim, vocab } = config
  const shapes: Readonly<Record<string, readonly number[]>> = {
    embedding: [vocab, hidden],
    head: [vocab, hidden],
    norm: [hidden],
    attentionNorm: [hidden],
    feedForwardNorm: [hidden],
    query: [heads * headDim, hidden],
    key: [kvHeads * headDim, hidden],
    value: [kvHeads * headDim, hidden],
    output: [hidden, heads * headDim],
    gate: [ffn, hidden],
    up: [ffn, hidden],
    down: [hidden, ffn],
  }
  return {
    config,
    tensor(name) {
      const dims = shapes[name.split('.').at(-1) ?? '']
      if (!dims) return Promise.reject(new RangeError(`no tensor is called ${name}`))
      const next = generator([...name].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) | 0, seed))
      const [rows = 1, width = 0] = dims
      const data = new Float32Array(rows * (width || 1))
      const spread = name === 'embedding' ? 0.5 : 1.5 / Math.sqrt(width)
      for (let i = 0; i < data.length; i++)
        data[i] = dims.length === 1 ? 0.5 + next() : spread * 1.7 * (next() + next() + next() + next() - 2)
      return Promise.resolve({ dims, data })
    },
  }
}

/** Numbers in [0, 1) from a 32-bit state (xorshift, Marsaglia 2003). */
export function generator(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
