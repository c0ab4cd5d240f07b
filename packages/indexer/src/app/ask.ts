/** A question of JSON-RPC. */
export type Question = { method: string; params?: unknown }

/** Asks a chain: resolves with its answer as JSON, throws what viem throws. */
export type Ask = (question: Question) => Promise<unknown>
