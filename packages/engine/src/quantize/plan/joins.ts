import { channelsOf } from '../float/channelsOf.ts'
import type { Uses } from '../float/simplify/uses.ts'
import type { Step } from '../float/step.ts'

/**
 * Channels of the parts of a Concat that only convolutions read: each part may keep a scale of its own, for the convolutions' weights
 * absorb them. Undefined where parts must share one.
 */
export function freeParts(step: Step & { readonly op: 'concat' }, uses: Uses): readonly number[] | undefined {
  const readers = uses.readers(step.name)
  if (step.axis !== 1 || readers.length === 0 || readers.some(({ op }) => op !== 'conv')) return undefined
  const channels = step.xs.flatMap((name) => channelsOf(name, uses.maker) ?? [])
  return channels.length === step.xs.length ? channels : undefined
}
