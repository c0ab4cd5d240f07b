import { openInWorker, siblingEntry } from '../worker/index.ts'
import { CodecClosedError, CodecCrashedError } from './errors.ts'
import type { Question, Reply } from './messages.ts'
import type { OpenTextCodecParameters } from './openTextCodec.ts'
import type { TextCodec } from './textCodec.ts'

/** Heap of the thread in MB. The tables of 256,000 tokens and 580,000 merges take some 400. */
const MOST_HEAP_MB = 1024

export type OpenTextCodecOptions = {
  /** Aborting ends the thread for good, whatever it does, and rejects the opening and every question with the signal's reason. */
  signal?: AbortSignal
}

/**
 * Opens a tokenizer in a thread of its own: the file may be a stranger's, made to take for ever or all memory. Questions are answered one after the other. Errors keep
 * their name, code and hint, but not their class; `CodecCrashedError` (retryable) where the thread ends by itself. There is no time limit: callers that have one abort.
 */
export async function openTextCodecInWorker(
  parameters: OpenTextCodecParameters,
  { signal: end }: OpenTextCodecOptions = {},
): Promise<TextCodec> {
  const { run, close } = await openInWorker<Question, Reply>({
    ...{ entry: siblingEntry(import.meta.url, 'codecWorker'), data: parameters, name: 'stoa-tokenizer', end },
    heapMb: MOST_HEAP_MB,
    pack: (message) => ({ message }),
    closed: () => new CodecClosedError(),
    crashed: (details, cause) => new CodecCrashedError(details, cause),
  })
  return {
    async size() {
      const reply = await run({ ask: 'size' })
      return typeof reply === 'number' ? reply : wrongReply()
    },
    async encode(texts) {
      const reply = await run({ ask: 'encode', texts })
      return Array.isArray(reply) ? reply : wrongReply()
    },
    async decode(ids) {
      const reply = await run({ ask: 'decode', ids })
      return typeof reply === 'string' ? reply : wrongReply()
    },
    close,
  }
}

function wrongReply(): never {
  throw new TypeError('the thread answered another question')
}
