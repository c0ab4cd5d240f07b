import { type Tensor, tensorOf } from '@stoa/protocol'

/** An `embedding` request for `texts`. */
export function requestOf(...texts: readonly string[]): Tensor[] {
  const parts = texts.map((text) => new TextEncoder().encode(text))
  const offsets = [0]
  for (const part of parts) offsets.push((offsets.at(-1) ?? 0) + part.length)
  const bytes = new Uint8Array(Buffer.concat(parts))
  return [
    tensorOf('text', 'u8', [bytes.length], bytes),
    tensorOf('offsets', 'u32', [offsets.length], Uint32Array.from(offsets)),
  ]
}
