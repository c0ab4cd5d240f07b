import type { Hex } from '@stoa/protocol'

/** What of an event says where it happened. */
export type Happened = {
  block: { number: bigint; timestamp: bigint }
  transaction: { hash: Hex; from: Hex }
  log: { logIndex: number }
}

/** Columns of a row that is one log. */
export function logOf({ block, transaction, log }: Happened) {
  return { block: Number(block.number), logIndex: log.logIndex, at: Number(block.timestamp), tx: transaction.hash }
}

/** Columns of a row that one log began. */
export function originOf({ block, transaction }: Happened) {
  return { block: Number(block.number), tx: transaction.hash }
}

/** Unix second of the block. */
export function timeOf({ block }: Happened): number {
  return Number(block.timestamp)
}

const SECONDS_PER_DAY = 86_400

/** Whole days since 1970, UTC. */
export function dayOf(event: Happened): number {
  return Math.floor(timeOf(event) / SECONDS_PER_DAY)
}
