import { type Tensor, tensorOf } from '@stoa/protocol'

/** An `embedding` request for `texts` (specs/tasks.md). */
export function requestOf(texts: readonly string[]): Tensor[] {
  const parts = texts.map((text) => new TextEncoder().encode(text))
  const offsets = new Uint32Array(texts.length + 1)
  for (const [i, part] of parts.entries()) offsets[i + 1] = (offsets[i] ?? 0) + part.length
  const bytes = new Uint8Array(Buffer.concat(parts))
  return [tensorOf('text', 'u8', [bytes.length], bytes), tensorOf('offsets', 'u32', [offsets.length], offsets)]
}
