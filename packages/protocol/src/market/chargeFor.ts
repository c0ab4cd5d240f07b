import { findTensor, InvalidTensorError, type Tensor } from '../tensors/tensor.ts'
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
 * Units of a request, which buyer and seller count alike (specs/offer.md): `call` is 1; `pixel` is height × width of the tensor
 * "image"; `byte` is the length of the tensor "text". Throws `InvalidTensorError` where the tensor is missing, and for `token`,
 * which only the seller can count.
 */
export function unitsOf(unit: Unit, request: readonly Tensor[]): bigint {
  switch (unit) {
    case 'call':
      return 1n
    case 'byte':
      return BigInt(findTensor(request, 'text').data.length)
    case 'pixel': {
      const [, height = 0, width = 0] = findTensor(request, 'image').dims
      return BigInt(height) * BigInt(width)
    }
    case 'token':
      throw new InvalidTensorError('tokens cannot be counted from a request')
  }
}
