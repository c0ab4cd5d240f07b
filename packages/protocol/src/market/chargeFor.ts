import { findTensor, InvalidTensorError, type Tensor, valuesOf } from '../tensors/tensor.ts'
import type { Unit } from './offer.ts'

/** Prices are per this many units. */
export const UNITS_PER_PRICE = 1_000_000n

/**
 * Wei for `units` at `price` wei per million, rounded up. A call at a price costs at least 1 wei, whatever it counts: a seller bounds what
 * it serves unsettled by what is owed, so nothing that takes work may be owed nothing for.
 */
export function chargeFor(units: bigint, price: bigint): bigint {
  const charge = (units * price + UNITS_PER_PRICE - 1n) / UNITS_PER_PRICE
  return charge === 0n && price > 0n ? 1n : charge
}

/**
 * The most units that a request can be charged for, which buyer and seller count alike (specs/offer.md): `call` is 1; `pixel` is
 * height × width of the tensor "image"; `byte` is the length of the tensor "text"; `token` is one for each byte of "prompt", one that
 * begins it, and as many as "settings" asks for. Throws `InvalidTensorError` where the tensor is missing.
 */
export function mostUnits(unit: Unit, request: readonly Tensor[]): bigint {
  switch (unit) {
    case 'call':
      return 1n
    case 'byte':
      return BigInt(findTensor(request, 'text').data.length)
    case 'pixel': {
      const [, height = 0, width = 0] = findTensor(request, 'image').dims
      return BigInt(height) * BigInt(width)
    }
    case 'token': {
      const [tokens = 0] = valuesOf(findTensor(request, 'settings'), 'u32')
      return BigInt(findTensor(request, 'prompt').data.length) + 1n + BigInt(tokens)
    }
  }
}

/**
 * The units that an answer is charged for: of tokens those that its tensor "usage" counts, of everything else what the request came to.
 * Throws `InvalidTensorError` for more than `most`.
 */
export function chargedUnits(unit: Unit, most: bigint, response: readonly Tensor[]): bigint {
  if (unit !== 'token') return most
  const [prompt = 0, generated = 0] = valuesOf(findTensor(response, 'usage'), 'u32')
  const units = BigInt(prompt) + BigInt(generated)
  if (units > most) throw new InvalidTensorError(`"usage" counts ${units} tokens, the request allows ${most}`)
  return units
}
