import { openTextCodec } from '@stoa/engine/codec'
import { type Tensor, tensorOf } from '@stoa/protocol'

/** Pieces of a text that are embedded (specs/tasks.md). */
const MOST = 128

/** What makes `embedding` requests of texts, by the pieces of a `vocab.json`, as a gateway makes them. */
export async function openRequests(vocabPath: string): Promise<(texts: readonly string[]) => Promise<Tensor[]>> {
  const codec = await openTextCodec({ file: 'vocab.json', path: vocabPath })
  return async (texts) => {
    const sequences = (await codec.encode(texts.map((text) => ({ text })))).map((ids) => ids.subarray(0, MOST))
    const offsets = new Uint32Array(texts.length + 1)
    for (const [i, { length }] of sequences.entries()) offsets[i + 1] = (offsets[i] ?? 0) + length
    const ids = Uint32Array.from(sequences.flatMap((own) => [...own]))
    return [tensorOf('ids', 'u32', [ids.length], ids), tensorOf('offsets', 'u32', [offsets.length], offsets)]
  }
}
