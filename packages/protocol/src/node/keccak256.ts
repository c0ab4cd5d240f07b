import { keccak_256 } from '@noble/hashes/sha3.js'
import { HASH_BYTES } from '../digests/openHasher.ts'
import { KECCAK_MODULE, MESSAGE_AT } from '../generated/keccakModule.ts'
import { hexToBytes } from '../hex.ts'

type Keccak256 = (bytes: Uint8Array) => Uint8Array

/** Bytes that one step takes in (a rate of 1,088 bits). */
const BLOCK_BYTES = 136
/** Blocks that the module's memory, one page, has room for. */
const MOST_BLOCKS = Math.floor((65_536 - MESSAGE_AT) / BLOCK_BYTES)

/** Of all digests of a thread. Its memory serves within one call; no call reads what another left there. */
const HASH = openKeccak256()

/** Keccak-256, as Ethereum uses it: with the padding before FIPS 202. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return HASH(bytes)
}

/** In WebAssembly, which has numbers of 64 bits; in JavaScript where there is none. */
function openKeccak256(): Keccak256 {
  try {
    return wasmKeccak256()
  } catch {
    return keccak_256
  }
}

/** The hash in WebAssembly (scripts/lib/keccakModule.ts); of what does not fit into its memory in JavaScript. Throws what WebAssembly throws where it cannot be. */
export function wasmKeccak256(): Keccak256 {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
  const module = new WebAssembly.Module(Uint8Array.from(hexToBytes(KECCAK_MODULE)))
  const exported = new WebAssembly.Instance(module, { stoa: { memory } }).exports
  const hash = exported.hash as (blocks: number) => void
  const message = new Uint8Array(memory.buffer, MESSAGE_AT)
  return (bytes) => {
    const blocks = Math.floor(bytes.length / BLOCK_BYTES) + 1
    if (blocks > MOST_BLOCKS) return keccak_256(bytes)
    const end = BLOCK_BYTES * blocks
    message.set(bytes)
    message.fill(0, bytes.length, end)
    // Padding: a one, zeros, a one; in one byte where only one is left.
    message[bytes.length] = 0x01
    message[end - 1] = (message[end - 1] ?? 0) | 0x80
    hash(blocks)
    return message.slice(0, HASH_BYTES)
  }
}
