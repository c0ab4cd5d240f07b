import { findTensor, type Tensor, valuesOf } from '@stoa/protocol'
import { NO_PIECES } from '../../text/index.ts'
import { InvalidRequestError } from '../errors.ts'
import { MAX_TEXTS, MAX_TOKENS } from './limits.ts'

/**
 * Texts of an `embedding` request (specs/tasks.md) as the ids of their pieces, in memory of their own: `ids` u32 [N] holds them one after the other, `offsets` u32
 * [texts + 1] says where each starts, and where the last ends. A text
 * without pieces has `NO_PIECES` alone. Throws `InvalidRequestError` naming what breaks the layout or a limit, `InvalidTensorError` for a tensor that
 * is missing or of another type.
 */
export function readSequences(request: readonly Tensor[]): Uint32Array[] {
  if (request.length !== 2) throw invalid(`2 tensors are needed, there are ${request.length}`)
  const ids = vector(findTensor(request, 'ids'))
  const offsets = vector(findTensor(request, 'offsets'))
  const count = offsets.length - 1
  if (count < 1 || count > MAX_TEXTS)
    throw invalid(`1 to ${MAX_TEXTS} texts are answered, there are ${Math.max(count, 0)}`)
  if (offsets[0] !== 0 || offsets[count] !== ids.length)
    throw invalid(`offsets run from ${offsets[0]} to ${offsets[count]}, they must from 0 to ${ids.length}`)
  return Array.from({ length: count }, (_, i) => {
    const [start = 0, end = 0] = offsets.subarray(i, i + 2)
    if (end <= start || end - start > MAX_TOKENS)
      throw invalid(`text ${i} goes from id ${start} to ${end}, each has 1 to ${MAX_TOKENS}`)
    const own = ids.slice(start, end)
    const unknown = own.find((id) => id > NO_PIECES || (id === NO_PIECES && own.length > 1))
    if (unknown !== undefined) throw invalid(`text ${i} has the id ${unknown}, which is no piece's`)
    return own
  })
}

function vector(tensor: Tensor): Uint32Array {
  const values = valuesOf(tensor, 'u32')
  if (tensor.dims.length !== 1) throw invalid(`"${tensor.name}" has ${tensor.dims.length} dimensions, one is needed`)
  return values
}

function invalid(why: string): InvalidRequestError {
  return new InvalidRequestError('embedding', why)
}
