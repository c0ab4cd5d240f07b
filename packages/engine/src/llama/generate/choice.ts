/** How the next token is chosen (specs/generation.md, "Choosing"). Numbers are whole, so that a choice is the same everywhere. */
export type Choice = {
  /** In thousandths; 0 takes the most likely token. */
  readonly temperature: number
  /** How many of the most likely tokens are drawn from; 0: all. */
  readonly topK: number
  /** Share, in millionths, of all weight that the tokens drawn from must reach. */
  readonly topP: number
  /** 32 bytes that the draws follow from. */
  readonly seed: Uint8Array
}

export const GREEDY: Choice = { temperature: 0, topK: 0, topP: 1_000_000, seed: new Uint8Array(32) }

/** One logit is counted in as many steps. */
export const LOGIT_STEPS = 1024
/** Weight of the most likely token. */
export const WHOLE_WEIGHT = 2 ** 24
/** Logits further below the largest weigh nothing: 2^24 · e^−17.5 is less than a half. */
export const WEIGHT_ENTRIES = 17.5 * LOGIT_STEPS
