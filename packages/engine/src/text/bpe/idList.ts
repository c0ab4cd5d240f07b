/** Ids of a text so far, with room at the end in which pieces are merged in place. */
export class IdList {
  #ids = new Int32Array(64)
  #count = 0

  push(id: number): void {
    this.room(1)[0] = id
    this.#count += 1
  }

  /** The places after the last id, at least `count` of them. */
  room(count: number): Int32Array {
    if (this.#count + count > this.#ids.length) {
      const larger = new Int32Array(Math.max(this.#ids.length * 2, this.#count + count))
      larger.set(this.#ids.subarray(0, this.#count))
      this.#ids = larger
    }
    return this.#ids.subarray(this.#count)
  }

  /** Takes the first `count` places of the room as ids. */
  grow(count: number): void {
    this.#count += count
  }

  toArray(): Uint32Array {
    return Uint32Array.from(this.#ids.subarray(0, this.#count))
  }
}
