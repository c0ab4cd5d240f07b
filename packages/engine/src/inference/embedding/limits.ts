/** Texts in one request. */
export const MAX_TEXTS = 2048
/** UTF-8 bytes of one text. */
export const MAX_TEXT_BYTES = 8192
/** UTF-8 bytes of all texts of a request. */
export const MAX_TOTAL_BYTES = 1 << 20
/** Pieces of a text that the model reads; it was trained on no longer ones and ignores the rest. */
export const MAX_TOKENS = 128
/** Length of an embedding. */
export const DIMENSIONS = 512
