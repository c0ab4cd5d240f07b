import type { Range } from '../plan/range.ts'
import type { Seen } from './observe.ts'

/** Values kept of each tensor, to choose its bounds by. */
const KEPT = 1 << 16

/** Shares of the largest magnitude that are tried as bounds. */
const SHARES = Array.from({ length: 31 }, (_, i) => 1 - i / 40)

/** Samples don't show everything: bounds are wider than what was seen, and 0 is always within them. */
const HEADROOM = 1.2

/** What is remembered of a tensor over all samples. */
export class Statistics {
  #lo = Infinity
  #hi = -Infinity
  #channels: Float64Array | undefined
  #kept: number[] = []
  #seen = 0
  #squares = 0
  #stride = 1

  add({ data, dims }: Seen): void {
    for (const value of data) {
      if (value < this.#lo) this.#lo = value
      if (value > this.#hi) this.#hi = value
      this.#squares += value * value
    }
    this.#addChannels(data, dims)
    for (let i = 0; i < data.length; i++) {
      if (this.#seen++ % this.#stride === 0) this.#kept.push(data[i] as number)
    }
    while (this.#kept.length > KEPT) {
      this.#kept = this.#kept.filter((_, i) => i % 2 === 0)
      this.#stride *= 2
    }
  }

  /** Bounds at which integers of magnitude up to `most` stand for the values with the least mean square error. */
  range(most: number): Range {
    const largest = Math.max(Math.abs(this.#lo), Math.abs(this.#hi))
    let [best, least] = [largest, Infinity]
    for (const share of SHARES) {
      const bound = share * largest
      const error = this.#errorAt(bound, bound / most)
      if (error < least) [best, least] = [bound, error]
    }
    return {
      lo: Math.min(0, Math.max(this.#lo, -best)) * HEADROOM,
      hi: Math.max(0, Math.min(this.#hi, best)) * HEADROOM,
      rms: Math.sqrt(this.#squares / Math.max(1, this.#seen)),
      ...(this.#channels ? { channels: this.#channels.map((most) => most * HEADROOM) } : {}),
    }
  }

  #errorAt(bound: number, step: number): number {
    let beyond = 0
    for (const value of this.#kept) {
      const over = Math.abs(value) - bound
      if (over > 0) beyond += over * over
    }
    return beyond / Math.max(1, this.#kept.length) + (step * step) / 12
  }

  #addChannels(data: Float32Array, dims: readonly number[]): void {
    const axis = dims.length === 4 ? 1 : dims.length - 1
    const count = dims[axis] ?? 1
    const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
    this.#channels ??= new Float64Array(count)
    const channels = this.#channels
    if (channels.length !== count) return
    for (let at = 0, c = 0; at < data.length; at += inner, c = (c + 1) % count) {
      let most = channels[c] as number
      for (let i = at; i < at + inner; i++) most = Math.max(most, Math.abs(data[i] as number))
      channels[c] = most
    }
  }
}
