import type { Tokenizer } from '../text/tokenizer.ts'
import { InvalidCheckpointError } from './errors.ts'
import { type LlamaCheckpoint, type LlamaConfig, tensorDims } from './llama.ts'

export type CheckpointParts = {
  format: LlamaCheckpoint['format']
  config: LlamaConfig
  tokenizer: Tokenizer
  ends: readonly number[]
  /** What to name in errors. */
  file: string
  /** Elements of a tensor by Stoa's name, as many as `tensorDims` says. */
  floats(name: string): Promise<Float32Array>
  close(): Promise<void>
}

/** Puts a checkpoint together from what its format's reader found, checking what only both halves tell: that all ids have weights. */
export function checkpointOf({
  format,
  config,
  tokenizer,
  ends,
  file,
  floats,
  close,
}: CheckpointParts): LlamaCheckpoint {
  if (tokenizer.size > config.vocab) {
    throw new InvalidCheckpointError(
      file,
      `the tokenizer has ids up to ${tokenizer.size - 1}, the model ${config.vocab} rows`,
    )
  }
  const end = ends.find((id) => id >= config.vocab)
  if (end !== undefined)
    throw new InvalidCheckpointError(file, `the end of text would be ${end}, an id without weights`)
  const dims = tensorDims(config)
  return {
    format,
    config,
    tokenizer,
    ends,
    names: [...dims.keys()],
    async tensor(name) {
      const shape = dims.get(name)
      if (!shape) throw new InvalidCheckpointError(file, `there is no tensor "${name}"`)
      const data = await floats(name)
      // One such weight makes every answer NaN, or whatever the arithmetic turns it into.
      if (!data.every(Number.isFinite))
        throw new InvalidCheckpointError(file, `"${name}" has a weight that is no number`)
      return { dims: shape, data }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
