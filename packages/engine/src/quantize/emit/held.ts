import type { Quantized } from './quantized.ts'

/**
 * A carried tensor, and the real numbers that it stands for: the integer n of channel c means n · scales[c] + shifts[c]. Channels are those of
 * axis 1 of images and of the last axis of anything else; there is one scale, or one shift, where they don't differ.
 */
export type Held = Omit<Quantized, 'scale'> & { readonly scales: Float64Array; readonly shifts: Float64Array }

/** The same as one scale for all and no shift; undefined where it is not so simple. */
export function plain({ scales, shifts, ...rest }: Held): Quantized | undefined {
  const [scale = 1] = scales
  return scales.length === 1 && isZero(shifts) ? { ...rest, scale } : undefined
}

export const isZero = (shifts: Float64Array): boolean => shifts.every((shift) => shift === 0)

export const NO_SHIFT = Float64Array.of(0)

export const heldAs = ({ scale, ...rest }: Quantized): Held => ({
  ...rest,
  scales: Float64Array.of(scale),
  shifts: NO_SHIFT,
})

/** The value of a channel, where there may be one for all. */
export const ofChannel = (values: Float64Array, channel: number): number =>
  values[values.length === 1 ? 0 : channel] as number
