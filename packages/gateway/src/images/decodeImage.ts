import { type Tensor, tensorOf } from '@stoa/protocol'
import sharp, { type Sharp } from 'sharp'
import { InvalidImageError } from '../errors.ts'
import { IMAGE_TYPES, type ImageType, sniffImage } from './sniffImage.ts'

/** What the task `ocr` takes (specs/tasks.md): pixels a side, and in all. */
export const MIN_SIDE = 8
export const MAX_SIDE = 4096
export const MAX_PIXELS = 16_000_000

/** A file within the limits decodes in a fraction of this. */
const DECODE_SECONDS = 10

/**
 * Decodes an image to the tensor `image`, u8 RGB [1, height, width, 3]. The first frame counts; orientation by EXIF is applied, colours
 * become sRGB with 8 bits, and what is transparent becomes white. Type and size are read from the header, and refused there, before any
 * pixel has memory. Larger images are refused rather than scaled: what is paid for are the caller's own pixels.
 *
 * Throws `InvalidImageError`.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Tensor> {
  const type = sniffImage(bytes)
  if (!type) throw new InvalidImageError('its type is unknown', `Send one of: ${IMAGE_TYPES.join(', ')}.`)
  try {
    await checkHeader(bytes, type)
    const { data, info } = await open(bytes)
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .timeout({ seconds: DECODE_SECONDS })
      .toBuffer({ resolveWithObject: true })
    return tensorOf('image', 'u8', [1, info.height, info.width, info.channels], data)
  } catch (error) {
    if (error instanceof InvalidImageError) throw error
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    throw new InvalidImageError(
      `it can't be decoded (${why})`,
      'The file is cut off or damaged: send it again whole.',
      error,
    )
  }
}

function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', autoOrient: true, pages: 1 })
}

async function checkHeader(bytes: Uint8Array, type: ImageType): Promise<void> {
  // No limit here: a header costs nothing, and the limit's own message would name neither size nor bound.
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'error', pages: 1 }).metadata()
  if (header.format !== type) throw new InvalidImageError(`it starts as ${type} and is not`, 'Send the file unchanged.')
  const { width, height } = header
  const size = `it is ${width}×${height} pixels`
  if (Math.min(width, height) < MIN_SIDE)
    throw new InvalidImageError(size, `Both sides must have at least ${MIN_SIDE} pixels.`)
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS)
    throw new InvalidImageError(
      size,
      `Scale it down to at most ${MAX_SIDE} pixels a side and ${MAX_PIXELS / 1e6} megapixels: text 30 pixels high is read best.`,
    )
}
