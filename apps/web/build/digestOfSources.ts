import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** What goes into the built dashboard, besides its own folders: the packages of this repository that it imports, and the versions of all others. */
const OUTSIDE = [
  '../../packages/protocol/src',
  '../../packages/sdk/src',
  '../../packages/indexer/src',
  '../../packages/localnet/src',
  '../../package-lock.json',
]
const INSIDE = ['src', 'public', 'build', 'index.html', 'vite.config.ts', 'package.json']

/** 16 hex characters that change with every file that a build reads. */
export async function digestOfSources(web: string): Promise<string> {
  const roots = [...INSIDE, ...OUTSIDE].map((path) => join(web, path)).filter(existsSync)
  const files = (await Promise.all(roots.map(filesOf)))
    .flat()
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
  const hash = createHash('sha256')
  for (const [i, bytes] of (await Promise.all(files.map((path) => readFile(path)))).entries())
    hash.update(`${relative(web, files[i] ?? '')}\0${bytes.length}\0`).update(bytes)
  return hash.digest('hex').slice(0, 16)
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTDIR') return undefined
      throw error
    },
  )
  return entries?.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)) ?? [path]
}
