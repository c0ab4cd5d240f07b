import { LEAF_BYTES, type Tensor, tensorOf } from '@stoa/protocol'

const LINE_FEED = 10

/**
 * How many lines each leaf of "keys.txt" ends, and at last 1 if the file ends in the middle of one (specs/exact-ocr.md, "Trace"): so that a line is
 * found by its number without reading the others.
 */
export function keysTensor(file: Uint8Array): Tensor {
  const leaves = Math.max(1, Math.ceil(file.length / LEAF_BYTES))
  const ends = new Int32Array(leaves + 1)
  file.forEach((byte, at) => {
    const leaf = Math.floor(at / LEAF_BYTES)
    if (byte === LINE_FEED) ends[leaf] = (ends[leaf] ?? 0) + 1
  })
  ends[leaves] = file.length > 0 && file.at(-1) !== LINE_FEED ? 1 : 0
  return tensorOf('keys', 'i32', [ends.length], ends)
}
