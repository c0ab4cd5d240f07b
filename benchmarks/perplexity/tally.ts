/** How well a model foretells texts. */
export type Tally = {
  readonly count: number
  /** Counts in the token that followed these logits, which are natural logarithms. Returns the likeliest one. */
  add(logits: ArrayLike<number> | undefined, next: number): number
  /** e to the mean surprise a token. */
  perplexity(): number
}

export function createTally(): Tally {
  let [count, surprise] = [0, 0]
  return {
    get count() {
      return count
    },
    add(logits = [], next) {
      let likeliest = 0
      for (let id = 1; id < logits.length; id++) if ((logits[id] ?? 0) > (logits[likeliest] ?? 0)) likeliest = id
      const most = logits[likeliest] ?? 0
      let sum = 0
      for (let id = 0; id < logits.length; id++) sum += Math.exp((logits[id] ?? 0) - most)
      count++
      surprise += Math.log(sum) + most - (logits[next] ?? Number.NaN)
      return likeliest
    },
    perplexity: () => Math.exp(surprise / count),
  }
}
