// Content that several tests need. Named `.case.ts` so that it is neither a test nor published.
import { LEAF_BYTES } from './dag/layout.ts'

export const MIB = 1 << 20

/** Byte `n` is `n mod 251`; leaf `i` of the pattern starts at `i mod 251`. */
const RING = Uint8Array.from({ length: LEAF_BYTES + 251 }, (_, n) => n % 251)

/** Leaf `i` of the content has at `k` the byte `(k + i) mod 251`: no two neighbouring leaves are equal. As in specs/vectors/blobs.json. */
export async function* pattern(bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let leaf = 0, rest = bytes; rest > 0; leaf++, rest -= LEAF_BYTES) {
    yield RING.slice(leaf % 251, (leaf % 251) + Math.min(rest, LEAF_BYTES))
  }
}

export async function* zeros(bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  const leaf = new Uint8Array(LEAF_BYTES)
  for (let rest = bytes; rest > 0; rest -= LEAF_BYTES) yield leaf.subarray(0, Math.min(rest, LEAF_BYTES))
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece.slice())
  return new Uint8Array(Buffer.concat(pieces))
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

/** The content in pieces of the given size, all in one buffer that is used again: what some streams do. */
export async function* inPieces(content: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(size)
  for (let offset = 0; offset < content.length; offset += size) {
    const piece = content.subarray(offset, offset + size)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
}
