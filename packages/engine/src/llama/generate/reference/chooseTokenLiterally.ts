import { createHash } from 'node:crypto'

/** 2^200: the unit of the fixed-point numbers below. */
const UNIT = 1n << 200n

/**
 * The next token by the letter of specs/generation.md, "Choosing": integers without bounds, the exponential from its own series, every
 * token looked at. For checking the product's choice and for making vectors; shares nothing with it.
 */
export function chooseTokenLiterally(
  logits: readonly number[],
  temperature: number,
  topK: number,
  topP: number,
  seed: Uint8Array,
  index: number,
): number {
  const order = logits.map((_, id) => id).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b)
  const [first = 0] = order
  if (temperature === 0) return first
  const steps = (id: number) => (BigInt((logits[first] ?? 0) - (logits[id] ?? 0)) * 1000n) / BigInt(temperature)
  let drawn = order.map((id) => ({ id, weight: weightOf(steps(id)) }))
  if (topK > 0) drawn = drawn.slice(0, topK)
  const sum = (tokens: typeof drawn) => tokens.reduce((total, { weight }) => total + weight, 0n)
  const all = sum(drawn)
  let length = 1
  while (1_000_000n * sum(drawn.slice(0, length)) < BigInt(topP) * all) length++
  drawn = drawn.slice(0, length)
  const place = Buffer.alloc(4)
  place.writeUInt32BE(index)
  const digest = createHash('sha256').update('stoa/generate/1').update(seed).update(place).digest()
  const target = (digest.readBigUInt64BE() * sum(drawn)) / 2n ** 64n
  let end = 0
  while (sum(drawn.slice(0, end + 1)) <= target) end++
  return drawn[end]?.id ?? first
}

/** 2^24 · e^(−steps / 1024) to the nearest integer. */
export function weightOf(steps: bigint): bigint {
  // e^(−s / 1024) = (e^(−1/1024))^s would gather errors: the series is summed for the whole exponent, positive, and inverted.
  const x = (steps * UNIT) / 1024n
  if (steps > 20n * 1024n) return 0n
  let [term, sum] = [UNIT, UNIT]
  for (let n = 1n; term > 0n; n++) {
    term = (term * x) / (n * UNIT)
    sum += term
  }
  return ((1n << 25n) * UNIT + sum) / (2n * sum)
}
