import { type InProcess, openInProcess, siblingEntry } from '@stoa/engine/worker'
import type { Tensor } from '@stoa/protocol'
import { InvalidImageError, TooManyCallsError } from '../errors.ts'
import { IMAGE_TYPES, sniffImage } from './sniffImage.ts'

/** What comes back from a process. Why an image was refused crosses as words, because classes don't. */
export type Decoded = { kind: 'image'; image: Tensor } | { kind: 'refused'; why: string; hint: string }

export type ImageDecoder = {
  /** As `decodeImage` does, elsewhere. Throws `InvalidImageError`, also for what takes too long or too much memory, and `TooManyCallsError`. */
  decode(bytes: Uint8Array, options?: { signal?: AbortSignal | undefined }): Promise<Tensor>
  /** Kills what is under way. */
  close(): void
}

export type ImageDecoderParameters = {
  /** Processes that decode at once. */
  processes?: number
  /** Images that may wait for one, or be decoded, at once. */
  most?: number
  /** Milliseconds for one image; the largest honest one takes a few hundred. */
  milliseconds?: number
  /** For all that decoding one takes, in MB: the largest image has 48 MB of pixels, and libvips holds them a few times over. */
  memoryMb?: number
}

/** Starting is slower where everything else is being started. */
const OPEN_MS = 30_000

/**
 * Decodes images of strangers in processes of their own (see `openInProcess`): libvips and the decoders under it are large, native, and have had holes. Neither a file that exploits one, nor
 * one that takes for ever or all memory, reaches the session key or the calls of others.
 */
export function createImageDecoder(parameters: ImageDecoderParameters = {}): ImageDecoder {
  const { processes = 2, most = 32, milliseconds = 10_000, memoryMb = 512 } = parameters
  const pool = Array.from({ length: processes }, () =>
    openInProcess<Uint8Array, Decoded>({
      ...{ entry: siblingEntry(import.meta.url, 'imageProcess'), data: undefined },
      ...{ memoryMb, openMs: OPEN_MS, runMs: milliseconds },
      closed: () => new Error('the decoder is closed'),
      crashed: (details) =>
        new InvalidImageError('decoding it takes more memory than it may', HINT, new Error(details)),
      tooLong: () => new InvalidImageError(`decoding it takes longer than ${milliseconds / 1_000} s`, HINT),
    }),
  )
  const waiting = () => pool.reduce((sum, one) => sum + one.depth(), 0)
  return {
    async decode(bytes, { signal } = {}) {
      if (!sniffImage(bytes))
        throw new InvalidImageError('its type is unknown', `Send one of: ${IMAGE_TYPES.join(', ')}.`)
      if (waiting() >= most) throw new TooManyCallsError(most)
      const one = pool.reduce((a: InProcess<Uint8Array, Decoded>, b) => (b.depth() < a.depth() ? b : a))
      const decoded = await one.run(bytes, { signal })
      if (decoded.kind === 'image') return decoded.image
      throw new InvalidImageError(decoded.why, decoded.hint)
    },
    close() {
      for (const one of pool) one.close()
    },
  }
}

const HINT = 'Save it again with an ordinary program, as PNG or JPEG.'
