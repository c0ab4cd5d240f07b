import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { readOutsideJson } from '@stoa/protocol'
import { z } from 'zod'
import { CommandError } from '../errors.ts'
import type { Home } from './home.ts'

const manifestSchema = z.object({
  stoa: z.literal('backup/1'),
  at: z.iso.datetime(),
  files: z.array(
    z.object({
      path: z
        .string()
        .regex(/^(?!.*(^|\/)\.\.?(\/|$))[^\\\0]+$/, 'must be a path inside the backup')
        .refine((path) => !path.startsWith('/'), 'must be a path inside the backup'),
      bytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})
export type Backup = z.infer<typeof manifestSchema>

const MANIFEST = 'manifest.json'
/** Of a home, what nothing else can bring back; stores are copied as databases, the rest as files. */
const FOLDERS = ['keys', 'blobs', 'models'] as const
const STORES = ['node/node.db', 'gateway/gateway.db'] as const

/** Copies a home that does not run into a new folder: configuration, keystores, stores, models, each file with its digest in a manifest that is written last. The password is not in it. */
export async function writeBackup(home: Home, to: string, options: { password: boolean }): Promise<Backup> {
  if (existsSync(to) && (await readdir(to)).length > 0)
    throw new CommandError(`${to} is not empty.`, { code: 'BACKUP_EXISTS', hint: 'Give a new folder for each backup.' })
  await mkdir(to, { recursive: true, mode: 0o700 })
  await cp(home.config, join(to, 'stoa.json'))
  for (const name of FOLDERS) {
    const folder = join(home.folder, name)
    if (existsSync(folder)) await cp(folder, join(to, name), { recursive: true })
  }
  if (options.password && existsSync(home.password)) await cp(home.password, join(to, 'password'))
  for (const store of STORES)
    if (existsSync(join(home.folder, store))) await copyStore(join(home.folder, store), join(to, store))
  const files: Backup['files'] = []
  for (const file of await filesOf(to))
    files.push({ path: relative(to, file).split(sep).join('/'), ...(await digestOf(file)) })
  const backup: Backup = {
    stoa: 'backup/1',
    at: new Date().toISOString(),
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
  }
  await writeFile(join(to, MANIFEST), `${JSON.stringify(backup, null, 2)}\n`, { mode: 0o600 })
  return backup
}

/** The manifest of a backup, every file of which was compared with its digest. Throws `CommandError` for one that is damaged or none. */
export async function checkBackup(folder: string): Promise<Backup> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined)
  const read = readOutsideJson(manifestSchema, text ?? '', 'The manifest')
  if (!read.success)
    throw new CommandError(`${folder} holds no whole backup.`, {
      code: 'INVALID_BACKUP',
      details: text === undefined ? `It has no ${MANIFEST}.` : read.words,
      hint: `"stoa backup" writes ${MANIFEST} last: one that has none was not finished.`,
    })
  for (const { path, bytes, sha256 } of read.data.files) {
    const found = await digestOf(join(folder, path)).catch(() => undefined)
    if (found?.bytes !== bytes || found.sha256 !== sha256)
      throw new CommandError(`${path} of the backup is missing or damaged.`, {
        code: 'INVALID_BACKUP',
        hint: 'Take another backup. Of a hot key a new one can be made; account keys are needed.',
      })
  }
  return read.data
}

/** Copies the files of a checked backup into a home. */
export async function copyBackup(folder: string, { files }: Backup, home: Home): Promise<void> {
  for (const { path } of files) {
    const to = join(home.folder, path)
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await cp(join(folder, path), to, { errorOnExist: true, force: false })
  }
}

/** A whole copy of a database, its log included. */
async function copyStore(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(from)
  try {
    database.prepare('vacuum into ?').run(to)
  } finally {
    database.close()
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') }
}
