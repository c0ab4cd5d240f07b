import type { TextToEncode } from './textCodec.ts'

/** A question to the thread, and its answer. */
export type Question =
  | { readonly ask: 'size' }
  | { readonly ask: 'encode'; readonly texts: readonly TextToEncode[] }
  | { readonly ask: 'decode'; readonly ids: Uint32Array }
export type Reply = number | Uint32Array[] | string
