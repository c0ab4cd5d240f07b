import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BaseError, bytesToHex, CHAT_FEATURES, merkleRoot } from '@stoa/protocol'
import { z } from 'zod'
import { upstreamConfigSchema } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { describeUpstream, UPSTREAM_FILE, upstreamFile } from '../upstreams/describeUpstream.ts'
import { forgetUpstreamKey } from '../upstreams/forgetUpstreamKey.ts'
import { keepUpstreamKey } from '../upstreams/keepUpstreamKey.ts'
import { changeDraft, type DraftCard, filesFolder, readDraft } from './draft.ts'
import { DraftError } from './errors.ts'

/** A server by URL, as a person names it; `key` is kept in a file of the home, and told to nobody but that server. */
export const serverTerms = upstreamConfigSchema.omit({ keyFile: true }).extend({
  /** Without it the server is asked what it speaks. */
  protocol: upstreamConfigSchema.shape.protocol.optional(),
  key: z.string().min(1).max(4_096).optional(),
  /** What the server takes of chats besides text, by its owner's word. */
  features: z.array(z.enum(CHAT_FEATURES)).max(10).default([]),
})

/**
 * Makes a server by URL what the draft sells, in place of files: asks it whether it has the model, and fills in the card with what is known. Throws `DraftError`
 * with what the server answered; nothing is changed then.
 */
export async function takeUpstream(home: Home, terms: z.infer<typeof serverTerms>): Promise<void> {
  const { published, upstream: before } = readDraft(home)
  if (published)
    throw new DraftError('This model is published; it stays as it is.', {
      ...{ code: 'ALREADY_PUBLISHED', status: 409 },
      hint: 'Offer it, or begin another.',
    })
  const { key, features, ...server } = terms
  const { protocol, context } = await probed({ ...server, key })
  const bytes = Buffer.from(upstreamFile({ protocol, model: server.model }))
  await rm(filesFolder(home), { recursive: true, force: true })
  await mkdir(filesFolder(home), { recursive: true, mode: 0o700 })
  await writeFile(join(filesFolder(home), UPSTREAM_FILE), bytes)
  const keyFile =
    key === undefined ? undefined : await keepUpstreamKey(home, { url: server.url, model: server.model, key })
  const card = cardOf({ protocol, model: server.model }, { features, context })
  changeDraft(home, () => ({
    files: [{ path: UPSTREAM_FILE, bytes: bytes.length, root: bytesToHex(merkleRoot(bytes)) }],
    upstream: { ...server, protocol, ...(keyFile !== undefined && { keyFile }) },
    ...(card && { card }),
    checked: false,
  }))
  if (before?.keyFile !== undefined && before.keyFile !== keyFile) await forgetUpstreamKey(home, before.keyFile)
}

/** Asks the server. Throws `DraftError`. */
export async function probed(
  upstream: Omit<z.infer<typeof serverTerms>, 'features'> & { task?: 'chat' | 'embedding' | undefined },
) {
  // The node is large, and most who look at a dashboard sell nothing.
  const { probeUpstream } = await import('@stoa/node')
  return probeUpstream(upstream).catch((cause: unknown) => {
    if (!(cause instanceof BaseError)) throw cause
    throw new DraftError(cause.shortMessage, {
      ...{ code: 'INVALID_UPSTREAM', status: 422, cause },
      hint: cause.hint ?? 'See that it runs, and give its base URL as its clients have it.',
    })
  })
}

/** A card to begin with; none where no name can be made of the server's. */
function cardOf(...parameters: Parameters<typeof describeUpstream>): DraftCard | undefined {
  try {
    return describeUpstream(...parameters)
  } catch (error) {
    if (error instanceof BaseError) return undefined
    throw error
  }
}
