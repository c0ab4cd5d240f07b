import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { InvalidCheckpointError } from './errors.ts'
import { openGguf } from './gguf/openGguf.ts'
import { openFolder } from './huggingface/openFolder.ts'
import type { LlamaCheckpoint } from './llama.ts'

/**
 * Opens a Llama-like model: a folder as Hugging Face's libraries save it, or a GGUF file. Files are untrusted: what does not hold together is
 * an `InvalidCheckpointError`, what is sound but not known an `UnsupportedCheckpointError` that names it. Close the checkpoint after use.
 *
 * @example
 * await using checkpoint = await openCheckpoint('models/stoa-scribe')
 * const { dims, data } = await checkpoint.tensor('layers.0.query')
 * const ids = checkpoint.tokenizer.encode('The sea was')
 */
export async function openCheckpoint(path: string): Promise<LlamaCheckpoint> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new InvalidCheckpointError(basename(path), 'there is no such file or folder', {
      hint: 'Give the folder that holds config.json, or a .gguf file.',
      cause,
    })
  })
  return found.isDirectory() ? openFolder(path) : openGguf(path)
}
