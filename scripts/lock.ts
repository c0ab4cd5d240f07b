/**
 * `npm run lock`: makes package-lock.json afresh from the package.json files, so that `npm ci` accepts it on every platform, whatever
 * is installed here and whichever packages of other platforms the registry in reach serves.
 */
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { completeLock, type Lock } from './lib/completeLock.ts'
import { ROOT, runCommand } from './lib/runCommand.ts'
import { listWorkspaces } from './lib/workspaces.ts'

const LOCK = 'package-lock.json'

// In a folder without node_modules: npm copies what is installed into the lock, and that is of this platform only.
const folder = await mkdtemp(join(tmpdir(), 'stoa-lock-'))
try {
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'))
  for (const workspace of listWorkspaces(ROOT)) {
    const path = join(relative(ROOT, workspace.folder), 'package.json')
    await cp(join(ROOT, path), join(folder, path))
  }
  const args = ['install', '--prefix', folder, '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']
  const { ok } = await runCommand({ program: 'npm', args, live: true })
  if (!ok) throw new Error('npm could not resolve the dependencies.')
  const lock: Lock = JSON.parse(await readFile(join(folder, LOCK), 'utf8'))
  const added = completeLock(lock)
  await writeFile(join(ROOT, LOCK), `${JSON.stringify(lock, null, 2)}\n`)
  console.log(
    `${LOCK}: ${Object.keys(lock.packages).length} packages, ${added.length} of them of platforms not served here`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
