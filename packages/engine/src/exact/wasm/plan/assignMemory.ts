import type { Buffer } from './view.ts'

/**
 * Gives every buffer an offset, so that no two that live at the same time overlap: each, in the order in which they begin to live, takes the first gap that
 * it fits into. Returns the bytes needed in all.
 */
export function assignMemory(buffers: readonly Buffer[]): number {
  let live: Buffer[] = []
  let needed = 0
  for (const buffer of [...buffers].sort((a, b) => a.first - b.first)) {
    // `live` is sorted by offset.
    live = live.filter(({ last }) => last >= buffer.first)
    let offset = 0
    let index = 0
    for (const other of live) {
      if (other.offset - offset >= buffer.bytes) break
      offset = other.offset + other.bytes
      index++
    }
    buffer.offset = offset
    live.splice(index, 0, buffer)
    needed = Math.max(needed, offset + buffer.bytes)
  }
  return needed
}
