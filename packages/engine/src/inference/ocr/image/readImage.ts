import { assertTensor, type Tensor } from '@stoa/protocol'
import { InvalidRequestError } from '../../errors.ts'
import type { Image } from './image.ts'

/** Limits of a request (specs/tasks.md): pixels a side, and in all. */
export const MIN_SIDE = 8
export const MAX_SIDE = 4096
export const MAX_PIXELS = 16_000_000

/** The image of an "ocr" request; a view, not a copy. Throws `InvalidRequestError` or `InvalidTensorError`. */
export function readImage(request: readonly Tensor[]): Image {
  const [tensor] = request
  if (request.length !== 1 || !tensor) throw invalid(`one tensor is needed, ${request.length} were given`)
  const { name, dtype, dims, data } = tensor
  if (name !== 'image') throw invalid(`the tensor must be called "image", not "${name}"`)
  if (dtype !== 'u8') throw invalid(`"image" must be u8, not ${dtype}`)
  const [count, height, width, channels] = dims
  if (dims.length !== 4 || count !== 1 || channels !== 3 || height === undefined || width === undefined)
    throw invalid(`"image" must be [1, height, width, 3], not [${dims.join(', ')}]`)
  const [shorter, longer] = [Math.min(height, width), Math.max(height, width)]
  if (!(shorter >= MIN_SIDE && longer <= MAX_SIDE))
    throw invalid(`sides must be ${MIN_SIDE} to ${MAX_SIDE} pixels, the image is ${width}×${height}`)
  if (width * height > MAX_PIXELS) throw invalid(`at most ${MAX_PIXELS} pixels, the image has ${width * height}`)
  assertTensor(tensor)
  return { width, height, data }
}

function invalid(why: string): InvalidRequestError {
  return new InvalidRequestError('ocr', why)
}
