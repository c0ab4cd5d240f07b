/**
 * Characters that a stranger's words have no honest use for in one line of ours: controls, and the marks by which text is shown in another order than it
 * is written (Unicode TR9, TR36). Emphasis on ours: where the words themselves read from right to left, `<bdi>` keeps that inside them.
 */
const TRICKS =
  /[\p{Cc}\p{Co}\p{Cn}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/gu
/** A letter under more marks than any writing puts on one reaches over its neighbours. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu

/** A stranger's words as one line of at most `most` characters, shown as what they are. */
export function plainText(text: string, most = 200): string {
  // Cut first: nothing that follows should have to read 10 MB.
  const start = text.length > 4 * most ? text.slice(0, 4 * most) : text
  const plain = start.replace(/\s+/g, ' ').replace(TRICKS, '').replace(STACKED_MARKS, '$1').trim()
  const letters = [...plain]
  return letters.length > most || start.length < text.length ? `${letters.slice(0, most - 1).join('')}…` : plain
}

/** The address as a link if it is one of the web, else undefined: `javascript:` and the like are never links. */
export function webLink(text: string): string | undefined {
  const url = URL.parse(text.trim())
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
  // A name before an @ makes an address look like another's.
  return url.username === '' && url.password === '' ? url.href : undefined
}
