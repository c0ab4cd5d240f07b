import { chatBounds } from '../chat/chatAnswer.ts'
import { isTextEmbedding, textEmbeddingBound } from '../embedding/textEmbedding.ts'
import { DTYPE_BYTES, findTensor, InvalidTensorError, type Tensor, valuesOf } from '../tensors/tensor.ts'
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

/** Units of a call as far as its request tells them: `most` is what a voucher must cover. They differ where the answer's length counts. */
export type UnitBounds = { readonly least: bigint; readonly most: bigint }

/**
 * The units of a call by its request, which buyer and seller count alike (specs/offer.md): `call` is 1; `pixel` is height × width of
 * the tensor "image"; `byte` is the bytes of all tensors; `token` is the elements of "ids" and, of a request with "settings", up to as many
 * more as that asks for; of a "chat", and of "texts" to embed, anything up to their bounds (specs/backends.md). Throws `InvalidTensorError` where the tensor is missing.
 */
export function unitsOfRequest(unit: Unit, request: readonly Tensor[]): UnitBounds {
  switch (unit) {
    case 'call':
      return exactly(1n)
    case 'byte':
      return exactly(request.reduce((sum, { data }) => sum + BigInt(data.length), 0n))
    case 'pixel': {
      const [, height = 0, width = 0] = findTensor(request, 'image').dims
      return exactly(BigInt(height) * BigInt(width))
    }
    case 'token': {
      if (request.some(({ name }) => name === 'chat')) {
        const { prompt, completion } = chatBounds(request)
        return { least: 0n, most: BigInt(prompt + completion) }
      }
      if (isTextEmbedding(request)) return { least: 0n, most: BigInt(textEmbeddingBound(request)) }
      const least = elementsOf(findTensor(request, 'ids'))
      if (!request.some(({ name }) => name === 'settings')) return exactly(least)
      const [wanted = 0] = valuesOf(findTensor(request, 'settings'), 'u32')
      return { least, most: least + BigInt(wanted) }
    }
  }
}

/**
 * The units that an answer is charged for: what the request came to, and the elements of the answer's "tokens", or the tokens of its "usage", where it left that open. Throws
 * `InvalidTensorError` for more than it allows.
 */
export function chargedUnits({ least, most }: UnitBounds, response: readonly Tensor[]): bigint {
  if (least === most) return most
  const usage = response.find(({ name }) => name === 'usage')
  const units = least + (usage ? tokensOf(usage) : elementsOf(findTensor(response, 'tokens')))
  if (units > most) throw new InvalidTensorError(`the call counts ${units} tokens, its request allows ${most}`)
  return units
}

const exactly = (units: bigint): UnitBounds => ({ least: units, most: units })

/** Of prompt and answer. */
function tokensOf(usage: Tensor): bigint {
  const [prompt = 0, completion = 0] = valuesOf(usage, 'u32')
  return BigInt(prompt) + BigInt(completion)
}

const elementsOf = ({ data, dtype }: Tensor): bigint => BigInt(data.length / DTYPE_BYTES[dtype])
