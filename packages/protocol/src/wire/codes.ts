/**
 * What a node says when it refuses a call: the code on the wire, its HTTP status, and whether the same call may succeed later.
 * One table for seller and buyer (specs/node-http.md).
 */
export const WIRE_CODES = {
  BAD_REQUEST: { status: 400, retry: false },
  MALFORMED_MESSAGE: { status: 400, retry: false },
  INVALID_TENSOR: { status: 400, retry: false },
  UNSUPPORTED: { status: 400, retry: false },
  WRONG_CHAIN: { status: 400, retry: false },
  SEAL_BROKEN: { status: 400, retry: false },
  LANE_RESERVED: { status: 400, retry: false },
  PAYMENT_REQUIRED: { status: 402, retry: false },
  PAYMENT_REFUSED: { status: 402, retry: false },
  VOUCHER_MISSING: { status: 402, retry: false },
  VOUCHER_EXPIRED: { status: 402, retry: false },
  VOUCHER_TOO_LONG: { status: 402, retry: false },
  VOUCHER_TOO_LOW: { status: 402, retry: false },
  WRONG_SIGNER: { status: 402, retry: false },
  OVER_DEPOSIT: { status: 402, retry: false },
  OVER_EXPOSURE: { status: 402, retry: true },
  UNKNOWN_OFFER: { status: 404, retry: false },
  UNKNOWN_ANSWER: { status: 404, retry: false },
  UNKNOWN_BLOB: { status: 404, retry: false },
  NOT_FOUND: { status: 404, retry: false },
  VOUCHER_REPLAYED: { status: 409, retry: false },
  VOUCHER_REFUSED: { status: 409, retry: false },
  PAYMENT_REPLAYED: { status: 409, retry: false },
  LANE_BUSY: { status: 409, retry: true },
  OFFER_CLOSED: { status: 410, retry: false },
  BODY_TOO_LARGE: { status: 413, retry: false },
  MODEL_FAILED: { status: 500, retry: true },
  INTERNAL: { status: 500, retry: true },
  OVERLOADED: { status: 503, retry: true },
  CHAIN_UNAVAILABLE: { status: 503, retry: true },
  PAYMENT_PENDING: { status: 503, retry: true },
  MODEL_TIMEOUT: { status: 504, retry: true },
} as const

export type WireCode = keyof typeof WIRE_CODES
