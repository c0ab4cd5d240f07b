import type { Hex } from '@stoa/protocol'

/** When and with what a gateway disputes answers that it found wrong. */
export type DisputePolicy = {
  /** Bonds that may be out at once; a further dispute waits. */
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
  mostBonds: 4,
  leastReward: undefined,
  interval: 15_000,
  moveMs: 600_000,
  patience: 60_000,
}
