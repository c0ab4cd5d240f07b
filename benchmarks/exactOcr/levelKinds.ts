import { KINDS, type Kind } from '../ocr/makeCases.ts'

/** Kinds of images whose text runs level and upright, which is what an exact OCR model reads. */
export const LEVEL_KINDS: readonly Kind[] = KINDS.filter(
  (kind) => kind !== 'tilted' && kind !== 'upsideDown' && kind !== 'sideways',
)
