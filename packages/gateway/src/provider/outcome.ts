import type { Load } from '@stoa/protocol'

/** What became of a request to a node, by what it means for the voucher that paid. */
export type Outcome =
  /** An answer with a receipt, both unchecked. */
  | { kind: 'answered'; receiptHeader: string; body: Uint8Array; load?: Load | undefined }
  /** The node's typed refusal: nothing was charged, and nothing will be (specs/node-http.md). */
  | { kind: 'refused'; code: string; message: string; retry: boolean; load?: Load | undefined }
  /** The node was not reached: it has no voucher. */
  | { kind: 'unsent'; why: string }
  /** The node may have the voucher, and may answer if asked again. */
  | { kind: 'unknown'; why: string; timedOut: boolean }
  /** The node answered against the rules; asking again brings nothing better. */
  | { kind: 'broken'; why: string }
