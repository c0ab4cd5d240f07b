import type { Model } from '@stoa/engine/inference'
import { encodeTensors, type Tensor } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queueModel } from './queueModel.ts'

/** A back end with two requests that it answers differently, and one that no back end of its task takes. */
export type BackendCase = {
  model: Model
  requests: readonly [Tensor[], Tensor[]]
  malformed: Tensor[]
  /** Tensor that is told in pieces, where one is. */
  streamed?: string
  end?: () => Promise<void>
}

/** What every back end does that a node has behind an offer, whatever computes there (specs/backends.md). */
export function describeBackend(name: string, open: () => Promise<BackendCase>, { skip = false } = {}): void {
  describe.skipIf(skip)(name, () => {
    let backend: BackendCase
    const queue = (maxQueue = 8) => queueModel({ model: backend.model, maxQueue, timeoutMs: 60_000 })
    beforeAll(async () => {
      backend = await open()
    })
    afterAll(async () => {
      await backend?.model.close()
      await backend?.end?.()
    })

    test('answers what can be encoded, and leaves the request as it was', async () => {
      const [request] = backend.requests
      const before = structuredClone(request)
      const answer = await queue().run(request)
      expect(encodeTensors(answer).length).toBeGreaterThan(0)
      expect(request).toEqual(before)
      expect(await queue().run(request)).toEqual(answer)
    })

    test('answers each of several at once for its own request', async () => {
      const [one, other] = backend.requests
      const alone = [await queue().run(one), await queue().run(other)]
      expect(alone[0]).not.toEqual(alone[1])
      const together = await Promise.all([other, one, other, one].map((request) => queue().run(request)))
      expect(together).toEqual([alone[1], alone[0], alone[1], alone[0]])
    })

    test('blames the buyer for a request that its task does not know, and goes on', async () => {
      const refused = expect.toSatisfy((code: string) => code === 'BAD_REQUEST' || code === 'INVALID_TENSOR')
      await expect(queue().run(backend.malformed)).rejects.toMatchObject({ code: refused, retry: false })
      expect(await queue().run(backend.requests[0])).toBeDefined()
    })

    test('a run that is aborted, before or while it is under way, ends with the reason, and the next is answered', async () => {
      const [request] = backend.requests
      const reason = new Error('the buyer left')
      await expect(queue().run(request, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      const controller = new AbortController()
      const run = queue().run(request, { signal: controller.signal })
      controller.abort(reason)
      await expect(run).rejects.toBe(reason)
      expect(await queue().run(request)).toBeDefined()
    })

    test('the pieces that it tells are the streamed tensor of its answer, and nothing is told without one', async () => {
      const pieces: Uint8Array[] = []
      const answer = await queue().run(backend.requests[0], { onPiece: (piece) => pieces.push(piece) })
      const { data } = answer.find(({ name }) => name === backend.streamed) ?? { data: new Uint8Array(0) }
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(data))
      if (backend.streamed) expect(pieces.length).toBeGreaterThan(1)
    })

    test('finishes what is under way before it closes, then refuses', async () => {
      const [request] = backend.requests
      const run = backend.model.run(request)
      await Promise.resolve()
      await Promise.all([backend.model.close(), backend.model.close()])
      expect(await run).toBeDefined()
      await expect(backend.model.run(request)).rejects.toMatchObject({ code: 'MODEL_CLOSED' })
    })
  })
}
