/** Sets of names that belong together (disjoint sets with path halving). */
export class Classes {
  readonly #parents = new Map<string, string>()
  readonly #sizes = new Map<string, number>()

  /** The name that stands for the whole set. */
  of(name: string): string {
    let at = name
    for (let parent = this.#parents.get(at); parent !== undefined && parent !== at; parent = this.#parents.get(at)) {
      const grandparent = this.#parents.get(parent) ?? parent
      this.#parents.set(at, grandparent)
      at = grandparent
    }
    return at
  }

  join(a: string, b: string): void {
    const [one, other] = [this.of(a), this.of(b)]
    if (one === other) return
    this.#sizes.set(one, this.sizeOf(one) + this.sizeOf(other))
    this.#parents.set(other, one)
  }

  sizeOf(name: string): number {
    return this.#sizes.get(this.of(name)) ?? 1
  }
}
