import { plainText } from '../lib/plainText.ts'

/** A stranger's words, as nothing but words: no markup, no tricks with direction, no more than `most` characters. */
export function Words({ text, most }: { text: string; most?: number }) {
  return <bdi className="break-words [overflow-wrap:anywhere]">{plainText(text, most)}</bdi>
}
