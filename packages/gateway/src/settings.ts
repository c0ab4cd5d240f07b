/** Bounds on what one gateway does. */
export type Limits = {
  /** Calls in flight; more are refused with `OVERLOADED`. */
  inFlight: number
  /** Lanes, free or busy, on one offer. */
  lanesPerOffer: number
  /** Bytes of a request's body. */
  bodyBytes: number
  /** Bytes of the bodies of all requests that are read and answered at once. */
  bodyBytesAtOnce: number
  /** Bytes of a provider's answer. */
  answerBytes: number
}

/** In milliseconds. */
export type Timeouts = {
  connect: number
  /** From the voucher's leaving to the answer's last byte. */
  answer: number
  /** One attempt to get an answer again by its voucher. */
  recover: number
  /** Age of a lost call at which a provider's "no such answer" is believed: it may have been on the way before. */
  settleDoubt: number
  /** Between two readings of the market, and of account and channels. */
  refresh: number
  /** Between two readings of the market that unknown models bring about. */
  refreshOnMiss: number
  /** First pause after a provider failed; doubles with each further failure. */
  coolDown: number
  maxCoolDown: number
  /** Pause after a provider's answer failed a check. */
  distrust: number
  /** For which a call waits for a seller to have room, where all are full. */
  turn: number
  /** Age of an answer that is still owed, at which its seller is taken to have forgotten it. */
  forgotten: number
}

export const DEFAULT_LIMITS: Limits = {
  inFlight: 64,
  lanesPerOffer: 128,
  bodyBytes: 32 << 20,
  bodyBytesAtOnce: 256 << 20,
  answerBytes: 16 << 20,
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 2_000,
  answer: 60_000,
  recover: 3_000,
  settleDoubt: 120_000,
  refresh: 15_000,
  refreshOnMiss: 2_000,
  coolDown: 2_000,
  maxCoolDown: 300_000,
  distrust: 86_400_000,
  turn: 2_000,
  forgotten: 3_600_000,
}
