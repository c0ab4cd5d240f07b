import { MalformedMessageError } from './bytes.ts'

/** Media type of an answer that is sent while it is made (specs/backends.md, "Streams"). */
export const STREAM_MEDIA_TYPE = 'application/vnd.stoa.stream'

/** What a frame of a stream is, by its first byte. */
export const FRAMES = { piece: 1, end: 2, failure: 3 } as const
export type FrameKind = keyof typeof FRAMES
export type Frame = { kind: FrameKind; payload: Uint8Array }

const HEAD = 5

export function encodeFrame({ kind, payload }: Frame): Uint8Array {
  const frame = new Uint8Array(HEAD + payload.length)
  const view = new DataView(frame.buffer)
  view.setUint8(0, FRAMES[kind])
  view.setUint32(1, payload.length)
  frame.set(payload, HEAD)
  return frame
}

/**
 * The frames of a stream, as they come whole. Ends after the last one, which is an end or a failure. Throws `MalformedMessageError` for another kind, more than `maxBytes` in
 * all, anything after the last, and a stream that breaks off before it.
 */
export async function* readFrames(stream: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Frame> {
  let rest: Uint8Array = new Uint8Array(0)
  let total = 0
  let last = false
  for await (const bytes of stream) {
    total += bytes.length
    if (total > maxBytes) throw malformed(`it is larger than ${maxBytes} bytes`)
    if (last && bytes.length > 0) throw malformed('something follows its last frame')
    rest = rest.length === 0 ? bytes : joined(rest, bytes)
    while (rest.length >= HEAD) {
      const view = new DataView(rest.buffer, rest.byteOffset, rest.length)
      const end = HEAD + view.getUint32(1)
      if (end > maxBytes) throw malformed(`a frame is larger than ${maxBytes} bytes`)
      if (rest.length < end) break
      const kind = kindOf(view.getUint8(0))
      // A copy: what comes in may be memory that is used again.
      const payload = new Uint8Array(rest.subarray(HEAD, end))
      rest = rest.subarray(end)
      if (last) throw malformed('something follows its last frame')
      last = kind !== 'piece'
      yield { kind, payload }
    }
  }
  if (!last) throw malformed('it breaks off')
  if (rest.length > 0) throw malformed('something follows its last frame')
}

function kindOf(code: number): FrameKind {
  if (code === FRAMES.piece) return 'piece'
  if (code === FRAMES.end) return 'end'
  if (code === FRAMES.failure) return 'failure'
  throw malformed(`there is no frame of kind ${code}`)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

const malformed = (why: string) => new MalformedMessageError('stream', why)
