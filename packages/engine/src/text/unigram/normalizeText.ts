/** Stands for a space, and for the start of the text. */
export const SPACE_MARK = '\u2581'

/**
 * The form of a text that pieces are cut from: NFKC (Unicode Standard Annex 15), a mark in front and one for every space;
 * the empty text stays empty. Line breaks and tabs stay themselves, and are unknown to the published vocabulary.
 */
export function normalizeText(text: string): string {
  const composed = text.normalize('NFKC')
  return composed.length > 0 ? SPACE_MARK + composed.replaceAll(' ', SPACE_MARK) : ''
}
