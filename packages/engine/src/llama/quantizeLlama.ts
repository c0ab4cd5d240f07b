import { encodeGenerationFile } from '@stoa/protocol'
import type { LlamaCheckpoint } from '../checkpoints/llama.ts'
import { writeOnnxModel } from '../onnx/index.ts'
import { calibrateLlama } from './calibrate/calibrateLlama.ts'
import type { LlamaCalibration } from './calibrate/calibration.ts'
import { buildExactLlama } from './exact/buildExactLlama.ts'

export type QuantizeLlamaParameters = {
  checkpoint: Pick<LlamaCheckpoint, 'config' | 'tensor' | 'tokenizer' | 'ends'>
  /** Text like what the model will read, some thousand words; or what an earlier calibration led to. */
  calibration: { text: string } | LlamaCalibration
  /** Ids that stand before every prompt; the tokenizer's own where left out. */
  begin?: readonly number[]
}

export type QuantizedLlama = {
  /** `model.onnx` of a generating model (specs/generation.md). */
  bytes: Uint8Array
  /** Its `generation.bin`. */
  generation: Uint8Array
  calibration: LlamaCalibration
}

/**
 * Brings a Llama-like checkpoint to the exact profile. With a given calibration the bytes are the same on every machine; with a text they
 * are on one machine. Throws `MissingRuntimeError` where a text is given and ONNX Runtime, which runs the float model, is not there, and
 * `InvalidGenerationFileError` for a checkpoint that names no id which ends a text.
 */
export async function quantizeLlama({
  checkpoint,
  calibration,
  begin,
}: QuantizeLlamaParameters): Promise<QuantizedLlama> {
  const { config, tokenizer } = checkpoint
  const first = begin ?? tokenizer.begin
  const ends = [...new Set(checkpoint.ends)].sort((a, b) => a - b)
  const facts = { vocabulary: config.vocab, context: config.context, begin: first, ends }
  const generation = encodeGenerationFile(facts)
  const found =
    'text' in calibration
      ? await calibrateLlama({ weights: checkpoint, texts: windows(checkpoint, calibration.text, first) })
      : calibration
  const model = await buildExactLlama({ weights: checkpoint, calibration: found })
  return { bytes: writeOnnxModel(model), generation, calibration: found }
}

/** Tokens to calibrate with. */
const TOKENS = 4096

/** The text cut into windows of at most the context, each with the ids that stand before a prompt. */
function windows({ config, tokenizer }: QuantizeLlamaParameters['checkpoint'], text: string, first: readonly number[]) {
  const ids = tokenizer.encode(text).subarray(0, TOKENS)
  const length = Math.min(config.context, 512) - first.length
  return Array.from({ length: Math.ceil(ids.length / length) }, (_, i) => [
    ...first,
    ...ids.subarray(i * length, (i + 1) * length),
  ])
}
