import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { compressFiles } from './compressFiles.ts'
import { digestOfSources } from './digestOfSources.ts'
import { writePages } from './writePages.ts'

const WEB = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(WEB, 'dist')

/**
 * Builds the dashboard into a folder named after the digest of its sources, and returns that folder; a build of the same sources is taken as it
 * is. Several may build at once: each works in a folder of its own, and the first to end gives its result the name.
 */
export async function buildSite(): Promise<string> {
  const site = join(DIST, await digestOfSources(WEB))
  if (existsSync(site)) return site
  await mkdir(DIST, { recursive: true })
  const draft = await mkdtemp(join(DIST, 'draft-'))
  try {
    await build({ root: WEB, configFile: join(WEB, 'vite.config.ts'), logLevel: 'error', build: { outDir: draft } })
    await writePages(WEB, draft)
    await compressFiles(draft)
    await rename(draft, site).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  await removeOlder(site)
  return site
}

/** Servers hold what they serve in memory. Drafts stay: another build may be at them. */
async function removeOlder(site: string): Promise<void> {
  const names = (await readdir(DIST)).filter((name) => !name.startsWith('draft-') && join(DIST, name) !== site)
  for (const name of names) await rm(join(DIST, name), { recursive: true, force: true })
}
