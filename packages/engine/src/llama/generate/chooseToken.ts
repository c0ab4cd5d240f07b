import { sha256 } from '@stoa/protocol'
import type { Choice } from './choice.ts'

/** Named so that a draw for anything else never has this one's preimage. */
const DRAW = new TextEncoder().encode('stoa/generate/1')

export type ChooseTokenParameters = {
  /** In steps of 1/1024, one a token. */
  logits: Int32Array
  choice: Choice
  /** How many tokens were generated before. */
  index: number
  /** What `weightTable` gives; made once. */
  weights: Uint32Array
}

/** The next token (specs/generation.md, "Choosing"): of equal logits the lowest id stands first. */
export function chooseToken({ logits, choice, index, weights }: ChooseTokenParameters): number {
  const most = firstOfLargest(logits)
  if (choice.temperature === 0) return most
  const kept = candidates({ logits, choice, index, weights }, logits[most] ?? 0)
  const total = kept.reduce((sum, { weight }) => sum + weight, 0)
  // Weights sum to less than 2^24 · 2^24, and the part of the sum that top p asks for is compared without division.
  const wanted = BigInt(choice.topP) * BigInt(total)
  let [share, sum] = [0, 0]
  for (const { weight } of kept) {
    sum += weight
    share++
    if (1_000_000n * BigInt(sum) >= wanted) break
  }
  const target = Number((numberOf(drawn(choice.seed, index)) * BigInt(sum)) >> 64n)
  let below = 0
  for (const { id, weight } of kept.slice(0, share)) {
    below += weight
    if (target < below) return id
  }
  throw new RangeError(`A draw of ${target} lies outside a weight of ${sum}.`)
}

function firstOfLargest(logits: Int32Array): number {
  let best = 0
  for (let id = 1; id < logits.length; id++) if ((logits[id] ?? 0) > (logits[best] ?? 0)) best = id
  return best
}

/** Tokens that weigh anything, most likely first, at most top k of them. */
function candidates({ logits, choice, weights }: ChooseTokenParameters, largest: number) {
  const kept: { id: number; logit: number; weight: number }[] = []
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] ?? 0
    const weight = weights[Math.floor(((largest - logit) * 1000) / choice.temperature)] ?? 0
    if (weight > 0) kept.push({ id, logit, weight })
  }
  kept.sort((a, b) => b.logit - a.logit || a.id - b.id)
  return choice.topK === 0 ? kept : kept.slice(0, choice.topK)
}

/** u, the 64 random bits of a token: the first eight bytes of a hash, big-endian. */
export function drawn(seed: Uint8Array, index: number): Uint8Array {
  const place = new Uint8Array(4)
  new DataView(place.buffer).setUint32(0, index)
  return sha256(DRAW, seed, place).slice(0, 8)
}

const numberOf = (bytes: Uint8Array): bigint => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)
