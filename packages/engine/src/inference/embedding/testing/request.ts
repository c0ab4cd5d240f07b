import { type Tensor, tensorOf } from '@stoa/protocol'
import type { TextCodec } from '../../../codec/index.ts'
import { MAX_TOKENS } from '../limits.ts'

/** An `embedding` request for texts by the ids of their pieces. */
export function requestOf(...sequences: readonly ArrayLike<number>[]): Tensor[] {
  const ids = Uint32Array.from(sequences.flatMap((own) => Array.from(own)))
  const offsets = [0]
  for (const { length } of sequences) offsets.push((offsets.at(-1) ?? 0) + length)
  return [
    tensorOf('ids', 'u32', [ids.length], ids),
    tensorOf('offsets', 'u32', [offsets.length], Uint32Array.from(offsets)),
  ]
}

/** The same for texts, of which the first pieces are taken. */
export async function textsRequest(codec: TextCodec, texts: readonly string[]): Promise<Tensor[]> {
  const sequences = await codec.encode(texts.map((text) => ({ text })))
  return requestOf(...sequences.map((ids) => ids.subarray(0, MAX_TOKENS)))
}
