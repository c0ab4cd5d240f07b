import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Env, readJson } from '@stoa/gateway/endpoint'
import { BaseError } from '@stoa/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import { changeDraft, draftCardSchema, dropDraft, filesFolder, readDraft, tellDraft } from '../draft/draft.ts'
import { DraftError } from '../draft/errors.ts'
import { receiveFile } from '../draft/receiveFile.ts'
import { serverTerms, takeUpstream } from '../draft/takeUpstream.ts'
import type { Home } from '../home/home.ts'

/** Bytes of a card or of terms. */
const MAX_BODY = 1 << 16

export type DraftCallsParameters = {
  home: Home
  /** Has the `stoa up` of this home take a step that needs a key. */
  order: (verb: 'publishDraft' | 'offerDraft' | 'stake', body: unknown) => Promise<unknown>
}

/** A model's way to market, step by step (specs/dashboard-http.md, "Providing"). */
export function draftCalls({ home, order }: DraftCallsParameters): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/draft', (c) => c.json(tellDraft(home)))
  app.delete('/draft', async (c) => {
    await dropDraft(home)
    return c.json(tellDraft(home))
  })
  app.put('/draft/files/:path', async (c) => {
    // Another type than a foreign page's form can send (CSRF), and a length that the parser holds the body to.
    const { body } = c.req.raw
    const length = Number(c.req.header('content-length') ?? Number.NaN)
    if (c.req.header('content-type') !== 'application/octet-stream' || !Number.isSafeInteger(length))
      throw new DraftError('A file needs a length, and the type application/octet-stream.', {
        ...{ code: 'INVALID_FILE', status: 400 },
        hint: 'Send Content-Length and Content-Type.',
      })
    await receiveFile({
      home,
      path: c.req.param('path'),
      root: c.req.query('root') ?? '',
      body: body ?? new Blob([]).stream(),
      length,
    })
    return c.json(tellDraft(home))
  })
  app.delete('/draft/files/:path', async (c) => {
    const path = c.req.param('path')
    requireUnpublished(home)
    const { files, upstream } = readDraft(home)
    if (upstream)
      throw new DraftError('What a server promises is no file to take out.', {
        ...{ code: 'HAS_UPSTREAM', status: 409 },
        hint: 'Begin anew to sell something else.',
      })
    // Only what the draft names: a path is never made of what a request says.
    if (files.some((each) => each.path === path)) {
      await rm(join(filesFolder(home), path), { force: true })
    }
    changeDraft(home, (draft) => ({
      ...draft,
      files: draft.files.filter((each) => each.path !== path),
      checked: false,
    }))
    return c.json(tellDraft(home))
  })
  app.put('/draft/upstream', async (c) => {
    const terms = await readJson(c.req.raw, serverTerms, MAX_BODY)
    await takeUpstream(home, terms)
    return c.json(tellDraft(home))
  })
  app.put('/draft/card', async (c) => {
    const card = await readJson(c.req.raw, draftCardSchema, MAX_BODY)
    requireUnpublished(home)
    changeDraft(home, (work) => ({ ...work, card, checked: false }))
    return c.json(tellDraft(home))
  })
  app.post('/draft/check', async (c) => {
    // The engine is large, and most who look at a dashboard sell nothing.
    const { checkDraft } = await import('../draft/checkDraft.ts')
    await checkDraft(home)
    return c.json(tellDraft(home))
  })
  const step = (path: string, verb: Parameters<typeof order>[0]) =>
    app.post(path, async (c) => {
      const terms = await readJson(c.req.raw, z.record(z.string(), z.unknown()), MAX_BODY)
      const done = await order(verb, terms).catch((error: unknown) => {
        throw refused(error)
      })
      return c.json({ done, draft: tellDraft(home) })
    })
  step('/draft/publish', 'publishDraft')
  step('/draft/offer', 'offerDraft')
  step('/stake', 'stake')
  return app
}

function requireUnpublished(home: Home): void {
  const { published } = readDraft(home)
  if (published)
    throw new DraftError('This model is published; it stays as it is.', {
      ...{ code: 'ALREADY_PUBLISHED', status: 409 },
      hint: 'Offer it, or begin another.',
    })
}

/** What went wrong there is the step's own failure, not one of this server. */
function refused(error: unknown): unknown {
  if (!(error instanceof BaseError)) return error
  return new DraftError(error.shortMessage, {
    ...{ code: error.code, status: error.retry ? 409 : 422, retry: error.retry, cause: error },
    hint: error.hint ?? 'Look at the terminal where Stoa runs.',
  })
}
