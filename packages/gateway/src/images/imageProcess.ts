import { serveProcess } from '@stoa/engine/worker'
import { InvalidImageError } from '../errors.ts'
import type { Decoded } from './createImageDecoder.ts'
import { decodeImage } from './decodeImage.ts'

// Entry of the processes that `createImageDecoder` starts.
serveProcess<Uint8Array, Decoded>(async () => ({
  async run(bytes) {
    try {
      return { message: { kind: 'image', image: await decodeImage(bytes) } }
    } catch (error) {
      if (!(error instanceof InvalidImageError)) throw error
      return { message: { kind: 'refused', why: error.why, hint: error.hint ?? '' } }
    }
  },
  close: async () => {},
}))
