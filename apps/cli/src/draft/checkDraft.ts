import { join } from 'node:path'
import { openModelInProcess } from '@stoa/engine/inference'
import { BaseError } from '@stoa/protocol'
import type { UpstreamConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { checkFormulas } from '../market/checkFormulas.ts'
import { readUpstream } from '../upstreams/readUpstream.ts'
import { changeDraft, type Draft, type DraftCard, filesFolder, readDraft } from './draft.ts'
import { DraftError } from './errors.ts'
import { probed } from './takeUpstream.ts'

/** Milliseconds that a model may take to open before it is called unfit. */
const OPEN_TIMEOUT_MS = 300_000

/** Opens the draft's files as the node will, or asks its server, so that nobody pays to publish what can't be served. Throws `DraftError` with what the engine said. */
export async function checkDraft(home: Home): Promise<void> {
  const { files, card, upstream } = readDraft(home)
  if (!card || files.length === 0)
    throw new DraftError('There is nothing to check yet.', {
      ...{ code: 'DRAFT_INCOMPLETE', status: 409 },
      hint: 'Choose the files, and fill in the card.',
    })
  const found = upstream ? await checkUpstream(upstream, card) : await checkFiles(home, files, card)
  changeDraft(home, (now) => {
    // What was checked is what was read at the beginning.
    const checked = JSON.stringify([now.files, now.card]) === JSON.stringify([files, card])
    return { ...now, ...(checked && { card: found }), checked }
  })
}

async function checkFiles(home: Home, files: Draft['files'], card: DraftCard): Promise<DraftCard> {
  const paths = files.map(({ path }) => path)
  const folder = filesFolder(home)
  try {
    await checkFormulas(folder, card, paths)
    const { task, profile } = card
    const at = Object.fromEntries(paths.map((path) => [path, join(folder, path)]))
    const limits = { openMs: OPEN_TIMEOUT_MS }
    const model = await openModelInProcess({ task, files: at, ...(profile && { profile }) }, limits)
    await model.close()
    return card
  } catch (cause) {
    throw unfit(cause)
  }
}

/** A server answers chats, embeddings or tensors by what it speaks, and signs for what it says: no contract can judge it. The card, with what the server's embeddings are. */
async function checkUpstream({ keyFile, ...server }: UpstreamConfig, card: DraftCard): Promise<DraftCard> {
  const { key } = await readUpstream({ ...server, ...(keyFile !== undefined && { keyFile }) })
  const { doesTask } = await import('@stoa/node')
  if (!doesTask(server.protocol, card.task) || card.profile)
    throw new DraftError('This server can’t answer what the card says.', {
      ...{ code: 'UNFIT_MODEL', status: 422 },
      hint: `Choose ${server.protocol === 'openai' ? 'the task chat or embedding' : 'another task than chat'}, and no exact arithmetic: what a server answers is signed only.`,
    })
  const task = server.protocol === 'openai' && card.task === 'embedding' ? card.task : undefined
  const { dimensions } = await probed({ ...server, ...(key !== undefined && { key }), task })
  const { dimensions: _, ...rest } = card
  return dimensions === undefined ? rest : { ...rest, dimensions }
}

function unfit(cause: unknown): DraftError {
  const why = cause instanceof BaseError ? [cause.shortMessage, cause.details].filter(Boolean).join(' ') : undefined
  const hint = cause instanceof BaseError && cause.hint
  return new DraftError(why ?? 'The files could not be opened as a model of this task.', {
    ...{ code: 'UNFIT_MODEL', status: 422, cause },
    hint: hint || 'Choose the task that the files are for, or other files: specs/tasks.md says what each task needs.',
  })
}
