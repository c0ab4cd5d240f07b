import type { Hex } from '@stoa/protocol'
import * as z from 'zod/mini'

// zod's small half: the client goes to browsers.
// How columns come over the wire. The two engines differ: one sends 64-bit numbers as numbers, the other as strings.

const digits = z.string().check(z.regex(/^-?\d+$/))

/** Wei, or another whole number of up to 256 bits. */
export const big = z.pipe(
  z.union([digits, z.int()]),
  z.transform((value: string | number) => BigInt(value)),
)

/** A count, a block number or a Unix second. */
export const count = z.pipe(
  z.union([z.int(), digits]),
  z.transform((value: string | number) => Number(value)),
)

/** An address or a digest, lower case. */
export const hex = z.custom<Hex>((text) => typeof text === 'string' && /^0x([0-9a-f]{2})*$/.test(text), 'not hex')

/** What a row has that is one log: `(block, logIndex)` names it, `at` is the block's Unix second. */
export const logShape = { block: count, logIndex: count, at: count, tx: hex }

/** Where a list goes on: before the row with this place. */
export type Place = { block: number; logIndex: number }
