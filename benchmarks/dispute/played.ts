import { randomInt } from 'node:crypto'
import type { OwnRun } from '@stoa/engine/dispute'
import type { PlayedOut } from '@stoa/engine/dispute/testing'
import { elementsOf } from '@stoa/engine/exact'

export type Played = PlayedOut & { seconds: number; operator: string }

/** A random byte of a random entry that has any; the lowest byte of an element, whose lowest bit is turned. */
export function pick({ entries }: OwnRun): { entry: number; byte: number } {
  const filled = entries.filter(({ dims }) => elementsOf(dims) > 0)
  const entry = filled[randomInt(filled.length)]
  if (!entry) throw new Error('the run has no entries')
  const width = { u8: 1, i8: 1, i16: 2, i32: 4, i64: 8 }[entry.stored]
  return { entry: entry.index, byte: width * randomInt(elementsOf(entry.dims)) }
}
