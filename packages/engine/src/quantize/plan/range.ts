/** Real numbers that a tensor was seen to hold, as far as they are worth representing. */
export type Range = {
  readonly lo: number
  readonly hi: number
  /** Root of the mean square. */
  readonly rms: number
  /** Largest magnitude of each channel, where they were told apart. */
  readonly channels?: ArrayLike<number>
}

/** By the names of tensors in the float graph. */
export type Ranges = ReadonlyMap<string, Range>
