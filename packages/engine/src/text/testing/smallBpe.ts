import type { BpeParameters } from '../bpe/createBpe.ts'
import { bytesKey } from '../bpe/createVocabulary.ts'

/**
 * A small tokenizer whose merges are the most frequent neighbours of `text`, as training finds them, cut at blanks only. Ids 0 to 255
 * are the bytes.
 */
export function smallBpe(text: string, mergeCount: number): Pick<BpeParameters, 'merges'> & { vocab: Uint8Array[] } {
  const vocab: Uint8Array[] = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))
  const known = new Set(vocab.map((bytes) => bytesKey(bytes)))
  const merges: [number, number][] = []
  const words = text.split(/(?= )/).map((word) => [...new TextEncoder().encode(word)])
  while (merges.length < mergeCount) {
    const counts = new Map<string, number>()
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i += 1) {
        const pair = `${word[i]} ${word[i + 1]}`
        counts.set(pair, (counts.get(pair) ?? 0) + 1)
      }
    }
    const best = [...counts].sort((a, b) => b[1] - a[1]).find(([pair]) => !known.has(bytesKey(join(vocab, pair))))
    if (!best) break
    const [left = 0, right = 0] = best[0].split(' ').map(Number)
    const joined = join(vocab, best[0])
    known.add(bytesKey(joined))
    vocab.push(joined)
    merges.push([left, right])
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i += 1) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, vocab.length - 1)
      }
    }
  }
  return { vocab, merges }
}

function join(vocab: readonly Uint8Array[], pair: string): Uint8Array {
  return Uint8Array.from(pair.split(' ').flatMap((id) => [...(vocab[Number(id)] ?? [])]))
}

/** English with contractions, numbers, spaces of several kinds, other scripts and emoji. */
export const SAMPLE_TEXT =
  "It's the year 2026, and they'll say we've paid 12345.67 in all;  I'd not. The  the the\n\n\tthen THEY'LL DON'T\r\n  naïve café, " +
  'Дом и дома, 漢字かな交じり文, ½ cup of ٣٤٥ — 🎉🎉 (the end)…   \n the other theories of there and here   '
