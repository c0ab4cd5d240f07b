import { MAX_PAGES } from './emit/encodeModule.ts'
import { WasmMemoryError } from './errors.ts'
import { COMMON_BYTES } from './threads/control.ts'

const PAGE = 65_536

/**
 * The memory of an opened graph: control words, constants that stay, and one arena that runs use in turn. All of one WebAssembly memory,
 * shared where there are threads.
 */
export class Heap {
  readonly memory: WebAssembly.Memory
  readonly shared: boolean
  #top = COMMON_BYTES
  #arena = { base: 0, bytes: 0 }

  constructor(shared: boolean) {
    this.shared = shared
    this.memory = openMemory(shared)
  }

  /** Memory that is not given back, at a multiple of 64 bytes. Throws `WasmMemoryError` when there is none. */
  allocate(bytes: number): number {
    const address = this.#top
    this.#top += Math.ceil(bytes / 64) * 64
    const missing = Math.ceil((this.#top - this.memory.buffer.byteLength) / PAGE)
    if (missing > 0) {
      try {
        this.memory.grow(missing)
      } catch (cause) {
        this.#top = address
        throw new WasmMemoryError(this.memory.buffer.byteLength + missing * PAGE, cause)
      }
    }
    return address
  }

  /** Address of an arena of at least so many bytes. A larger one than before takes new memory, and some more than asked for. */
  arena(bytes: number): number {
    if (bytes > this.#arena.bytes) {
      const isLast = this.#arena.base + this.#arena.bytes === this.#top
      if (isLast) this.#top = this.#arena.base
      const room = Math.ceil((bytes * (isLast ? 1 : 1.25)) / 64) * 64
      this.#arena = { base: this.allocate(room), bytes: room }
    }
    return this.#arena.base
  }

  write(address: number, bytes: Uint8Array): void {
    new Uint8Array(this.memory.buffer, address, bytes.length).set(bytes)
  }
}

/** A memory that may grow to all that 32 bits address, or to 1 GiB where the system does not set so much aside. */
function openMemory(shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared })
  } catch {
    return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES / 4, shared })
  }
}
