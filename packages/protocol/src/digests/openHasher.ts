import { sha256 } from '#sha256'
import { MESSAGES_AT, SHA256_MODULE } from '../generated/sha256Module.ts'
import { hexToBytes } from '../hex.ts'

/** Bytes of a hash. */
export const HASH_BYTES = 32

/** Hashes many messages of one length at once, in place. */
export type Hasher = {
  /** Messages one after another before `hash`, and their hashes one after another after it. */
  readonly memory: Uint8Array
  /** Replaces `count` messages of 64 × `blocks` bytes by the SHA-256 of `tag`, a byte, and the message. What followed them is lost. */
  hash(count: number, blocks: number, tag: number): void
}

/**
 * A hasher of up to `capacity` bytes of messages: in WebAssembly, or one message after another where there is none, none with vectors, or
 * none that the page's content security policy allows.
 */
export function openHasher(capacity: number): Hasher {
  try {
    return wasmHasher(capacity)
  } catch {
    return plainHasher(capacity)
  }
}

/** Four messages at once, in the lanes of vectors (scripts/lib/sha256Module.ts). Throws what WebAssembly throws where it cannot be. */
export function wasmHasher(capacity: number): Hasher {
  // Twice the capacity: up to three messages after the last one are hashed too.
  const pages = Math.ceil((MESSAGES_AT + 2 * capacity) / 65_536)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const module = new WebAssembly.Module(Uint8Array.from(hexToBytes(SHA256_MODULE)))
  const { hash } = new WebAssembly.Instance(module, { stoa: { memory } }).exports
  return { memory: new Uint8Array(memory.buffer, MESSAGES_AT, capacity), hash: hash as Hasher['hash'] }
}

/** One message after another. */
export function plainHasher(capacity: number): Hasher {
  const memory = new Uint8Array(capacity)
  return {
    memory,
    hash(count, blocks, tag) {
      const size = 64 * blocks
      const first = Uint8Array.of(tag)
      for (let i = 0; i < count; i++) {
        memory.set(sha256(first, memory.subarray(size * i, size * i + size)), HASH_BYTES * i)
      }
    },
  }
}
