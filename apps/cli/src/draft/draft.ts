import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { modelCardSchema } from '@stoa/protocol'
import { z } from 'zod'
import { upstreamConfigSchema } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { forgetUpstreamKey } from '../upstreams/forgetUpstreamKey.ts'

/** Files of a draft, as many as a card may name. */
export const MOST_FILES = 64
/** Bytes of one file. */
export const MOST_FILE_BYTES = 4_000_000_000
/** Bytes of all files of a draft together. */
export const MOST_DRAFT_BYTES = 8_000_000_000

const fileSchema = modelCardSchema.shape.files.element

/** A card as its author fills it in: without what is computed from the files. */
export const draftCardSchema = modelCardSchema.omit({ stoa: true, files: true })

const transaction = { hash: z.string(), gasUsed: z.string().regex(/^\d+$/) }

const draftSchema = z.object({
  files: z.array(fileSchema.omit({ cid: true })),
  card: draftCardSchema.optional(),
  /** The server that answers in place of files; the one file then says what it promises. */
  upstream: upstreamConfigSchema.optional(),
  /** Whether these very files and card were opened as a model here, or the server was asked about them. */
  checked: z.boolean(),
})
const publishedSchema = z.object({ modelId: z.string().regex(/^\d+$/), ...transaction })
const offeredSchema = z.object({ offerId: z.string(), proofKind: z.enum(['exact', 'attested']), ...transaction })

export type Published = z.infer<typeof publishedSchema>
export type Offered = z.infer<typeof offeredSchema>
export type Work = z.infer<typeof draftSchema>
export type DraftCard = z.infer<typeof draftCardSchema>

/** A model on its way to market, and how far it has come (specs/dashboard-http.md, "Providing"). */
export type Draft = Work & { published?: Published | undefined; offered?: Offered | undefined }

const path = (home: Home, name: string) => join(home.draft, name)

/** Folder of the draft's files. */
export const filesFolder = (home: Home): string => path(home, 'files')

/** The draft as it stands; an empty one where there is none. */
export function readDraft(home: Home): Draft {
  const work = readPart(path(home, 'draft.json'), draftSchema) ?? { files: [], checked: false }
  const published = readPart(path(home, 'published.json'), publishedSchema)
  const offered = readPart(path(home, 'offered.json'), offeredSchema)
  return { ...work, ...(published && { published }), ...(offered && { offered }) }
}

/**
 * Changes files and card. Read and written without a pause in between, so that two uploads that end together both count; what became of the draft on the ledger is in
 * files of its own, which another process writes.
 */
export function changeDraft(home: Home, change: (draft: Work) => Work): void {
  const { published: _, offered: __, ...work } = readDraft(home)
  writePart(home, 'draft.json', change(work))
}

export function recordPublished(home: Home, published: Published): void {
  writePart(home, 'published.json', published)
}

export function recordOffered(home: Home, offered: Offered): void {
  writePart(home, 'offered.json', offered)
}

/** The draft as a page may know it: whether there is a key, and not where. */
export function tellDraft(home: Home) {
  const { upstream, ...draft } = readDraft(home)
  if (!upstream) return draft
  const { keyFile, ...server } = upstream
  return { ...draft, upstream: { ...server, hasKey: keyFile !== undefined } }
}

/** Forgets the draft, its files, and the key of its server where no offer needs that. What was published stays: its files are in the home's blobs. */
export async function dropDraft(home: Home): Promise<void> {
  const { upstream } = readDraft(home)
  if (upstream?.keyFile !== undefined) await forgetUpstreamKey(home, upstream.keyFile)
  rmSync(home.draft, { recursive: true, force: true })
}

function writePart(home: Home, name: string, value: unknown): void {
  mkdirSync(home.draft, { recursive: true, mode: 0o700 })
  const file = path(home, name)
  writeFileSync(`${file}.tmp`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.tmp`, file)
}

/** A part that is missing or that no release like this one wrote is none: the draft begins anew there. */
function readPart<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}
