/** Texts in one request. */
export const MAX_TEXTS = 2048
/** Pieces of a text that the model reads; it was trained on no longer ones. */
export const MAX_TOKENS = 128
/** Length of an embedding. */
export const DIMENSIONS = 512
