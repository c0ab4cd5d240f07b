import { bytesToHex, type Hex, hexToBytes, keccak256 } from '@stoa/protocol'

/** Most levels of the tree over a fold's parts. */
const PART_LEVELS = 7
const STATE_BYTES = 16

/** Chunks from `first` on, as many as `chunks`. */
export type Run = { readonly first: number; readonly chunks: number }

/**
 * How a run of several chunks is cut (specs/dispute.md, "Parts").
 *
 * @param folds How many folds are posted together: those of an element at first, 1 of a run that was narrowed.
 */
export function partsOf(
  { first, chunks }: Run,
  folds = 1,
): { readonly levels: number; readonly parts: readonly Run[] } {
  const depth = levelsFor(chunks)
  const most = Math.max(1, PART_LEVELS - levelsFor(folds))
  const levels = Math.ceil(depth / Math.ceil(depth / most))
  const size = 2 ** (depth - levels)
  const parts = Array.from({ length: Math.ceil(chunks / size) }, (_, i) => ({
    first: first + i * size,
    chunks: Math.min(size, chunks - i * size),
  }))
  return { levels, parts }
}

const levelsFor = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1))

/** A fold's state as it is posted: 16 bytes, big-endian, two's complement. */
export function encodeState(state: bigint): Uint8Array {
  const bytes = new Uint8Array(STATE_BYTES)
  const view = new DataView(bytes.buffer)
  view.setBigInt64(0, state >> 64n)
  view.setBigUint64(8, BigInt.asUintN(64, state))
  return bytes
}

/** Reads states one after another. */
export function decodeStates(hex: Hex): bigint[] {
  const bytes = hexToBytes(hex)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Array.from(
    { length: bytes.length / STATE_BYTES },
    (_, i) => (view.getBigInt64(i * STATE_BYTES) << 64n) | view.getBigUint64(i * STATE_BYTES + 8),
  )
}

/** Siblings of a part up to the root over all parts: part i is the state before it and the state after it; missing ones are zero. */
export function partPath(before: bigint, states: readonly bigint[], levels: number, part: number): Hex[] {
  let level: Uint8Array[] = Array.from({ length: 2 ** levels }, (_, i) => {
    const state = states[i]
    return state === undefined
      ? new Uint8Array(2 * STATE_BYTES)
      : Uint8Array.from([...encodeState(i === 0 ? before : (states[i - 1] ?? 0n)), ...encodeState(state)])
  })
  const path: Hex[] = []
  for (let at = part; level.length > 1; at = Math.floor(at / 2)) {
    path.push(bytesToHex(level[at ^ 1] ?? new Uint8Array()))
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      keccak256(Uint8Array.from([...(level[2 * i] ?? []), ...(level[2 * i + 1] ?? [])])),
    )
  }
  return path
}
