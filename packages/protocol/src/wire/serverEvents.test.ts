import fc from 'fast-check'
import { expect, it } from 'vitest'
import { serverEvents } from './serverEvents.ts'

/** What is read of a stream that comes in pieces of any size. */
async function read(text: string, sizes: readonly number[]): Promise<string[]> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  let turn = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      const size = sizes[turn++ % sizes.length] ?? 1
      controller.enqueue(bytes.subarray(at, at + size))
      at += size
    },
  })
  const all: string[] = []
  for await (const data of serverEvents(body, new AbortController().signal)) all.push(data)
  return all
}

it('reads the data of every message, however the stream is cut', async () => {
  const text = 'id: 1\nevent: x\ndata: {"a":"ä€😀"}\n\n: a comment\n\ndata:one\ndata: two\n\ndata: left open'
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
      expect(await read(text, sizes)).toEqual(['{"a":"ä€😀"}', 'one\ntwo'])
    }),
  )
})
