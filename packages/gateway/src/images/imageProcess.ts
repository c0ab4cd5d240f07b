import { serveProcess } from '@stoa/engine/worker'
import { InvalidImageError } from '../errors.ts'
import type { Decoded } from './createImageDecoder.ts'
import { decodeImage } from './decodeImage.ts'

// Entry of the processes that `createImageDecoder` starts.
serveProcess<Uint8Array, Decoded>(async () => async (bytes) => {
  try {
    return { kind: 'image', image: await decodeImage(bytes) }
  } catch (error) {
    if (error instanceof InvalidImageError) return { kind: 'refused', why: error.why, hint: error.hint ?? '' }
    throw error
  }
})
