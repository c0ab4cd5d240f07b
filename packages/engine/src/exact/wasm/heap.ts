import { MAX_PAGES } from './emit/encodeModule.ts'
import { WasmMemoryError } from './errors.ts'
import { COMMON_BYTES } from './threads/control.ts'

const PAGE = 65_536

/**
 * The memory of an opened graph: control words, constants that stay, and above them one arena that runs use in turn. All of one WebAssembly
 * memory, shared where there are threads. A constant that comes later takes the arena's first bytes, and the arena begins after it: nothing is lost.
 */
export class Heap {
  readonly memory: WebAssembly.Memory
  readonly shared: boolean
  readonly #maxPages: number
  #top = COMMON_BYTES

  constructor(shared: boolean) {
    this.shared = shared
    const { memory, maxPages } = openMemory(shared)
    this.memory = memory
    this.#maxPages = maxPages
  }

  /** Memory that is not given back, at a multiple of 64 bytes; what was in the arena is lost. Throws `WasmMemoryError` when there is none. */
  allocate(bytes: number): number {
    const address = this.#top
    const top = address + Math.ceil(bytes / 64) * 64
    this.#grow(top)
    this.#top = top
    return address
  }

  /** Address of an arena of so many bytes, above all that was allocated. Throws `WasmMemoryError` when there is no room. */
  arena(bytes: number): number {
    this.#grow(this.#top + bytes)
    return this.#top
  }

  /** Throws `WasmMemoryError` where an arena of so many bytes could not be had. */
  checkArena(bytes: number): void {
    if (this.#top + bytes > this.#maxPages * PAGE) throw new WasmMemoryError(this.#top + bytes)
  }

  write(address: number, bytes: Uint8Array): void {
    new Uint8Array(this.memory.buffer, address, bytes.length).set(bytes)
  }

  #grow(end: number): void {
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE)
    if (missing <= 0) return
    try {
      this.memory.grow(missing)
    } catch (cause) {
      throw new WasmMemoryError(end, cause)
    }
  }
}

/** A memory that may grow to all that 32 bits address, or to 1 GiB where the system does not set so much aside. */
function openMemory(shared: boolean): { memory: WebAssembly.Memory; maxPages: number } {
  const open = (maximum: number) => ({
    memory: new WebAssembly.Memory({ initial: 1, maximum, shared }),
    maxPages: maximum,
  })
  try {
    return open(MAX_PAGES)
  } catch {
    return open(MAX_PAGES / 4)
  }
}
