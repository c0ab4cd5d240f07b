import { findTensor, type Tensor, valuesOf } from '@stoa/protocol'
import { InvalidRequestError } from '../errors.ts'
import { MAX_TEXT_BYTES, MAX_TEXTS, MAX_TOTAL_BYTES } from './limits.ts'

/**
 * Texts of an `embedding` request (specs/tasks.md): `text` u8 [bytes] holds them one after the other in UTF-8, `offsets` u32
 * [texts + 1] says where each starts, and where the last ends. Throws `InvalidRequestError` naming what breaks the layout or a
 * limit, `InvalidTensorError` for a tensor that is missing or of another type.
 */
export function readTexts(request: readonly Tensor[]): string[] {
  if (request.length !== 2) throw invalid(`2 tensors are needed, there are ${request.length}`)
  const bytes = vector(findTensor(request, 'text'), 'u8')
  const offsets = vector(findTensor(request, 'offsets'), 'u32')
  const count = offsets.length - 1
  if (count < 1 || count > MAX_TEXTS)
    throw invalid(`1 to ${MAX_TEXTS} texts are answered, there are ${Math.max(count, 0)}`)
  if (bytes.length > MAX_TOTAL_BYTES)
    throw invalid(`the texts have ${bytes.length} bytes, at most ${MAX_TOTAL_BYTES} are read`)
  if (offsets[0] !== 0 || offsets[count] !== bytes.length)
    throw invalid(`offsets run from ${offsets[0]} to ${offsets[count]}, they must from 0 to ${bytes.length}`)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  return Array.from({ length: count }, (_, i) => {
    const [start = 0, end = 0] = offsets.subarray(i, i + 2)
    if (end < start || end > bytes.length) throw invalid(`offset ${i + 1} is ${end}, after ${start} of ${bytes.length}`)
    if (end - start > MAX_TEXT_BYTES)
      throw invalid(`text ${i} has ${end - start} bytes, at most ${MAX_TEXT_BYTES} are read`)
    try {
      return decoder.decode(bytes.subarray(start, end))
    } catch {
      throw invalid(`text ${i} is not UTF-8`)
    }
  })
}

function vector<D extends 'u8' | 'u32'>(tensor: Tensor, dtype: D) {
  const values = valuesOf(tensor, dtype)
  if (tensor.dims.length !== 1 || tensor.dims[0] !== values.length)
    throw invalid(
      `"${tensor.name}" has dims [${tensor.dims.join(',')}] for ${values.length} elements, one dimension is needed`,
    )
  return values
}

function invalid(why: string): InvalidRequestError {
  return new InvalidRequestError('embedding', why)
}
