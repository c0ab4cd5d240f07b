/** Tokens that one request may ask for. */
export const MAX_TOKENS = 4096
/** Highest temperature, in thousandths. */
export const MAX_TEMPERATURE = 4000
/** Top p that keeps all tokens: it counts in millionths. */
export const WHOLE_SHARE = 1_000_000
/** Bytes that sampling draws from. */
export const SEED_BYTES = 32
