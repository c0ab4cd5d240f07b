import type { Hex } from '@stoa/protocol'

/** When and with what a gateway disputes answers that it found wrong. */
export type DisputePolicy = {
  /** Bonds that may be out at once, counted by what a receipt's first challenger posts; a further dispute waits. */
  mostBonds: number
  /** Wei of the stake token that a conviction must bring payer and challenger together, or it is not worth the gas; undefined: as much as a bond. */
  leastReward: bigint | undefined
  /** Milliseconds between looks at games under way. */
  interval: number
  /** Milliseconds for opening a player and one move. */
  moveMs: number
  /** Milliseconds after which a transaction that is not mined is replaced by one with a higher fee. */
  patience: number
}

/** With these a gateway disputes: `key` is an account's that holds bonds and gas, and that nobody else sends from. */
export type DisputeParameters = Partial<DisputePolicy> & { key: Hex }

export const DEFAULT_DISPUTES: DisputePolicy = {
  // A seller that makes a bond dearer than this, by challenges of its own, burns more than a conviction costs it (docs/security.md).
  mostBonds: 8,
  leastReward: undefined,
  interval: 15_000,
  moveMs: 600_000,
  patience: 60_000,
}
