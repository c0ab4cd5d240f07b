import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StartIndexerParameters } from './parameters.ts'

/** The folders whose code decides what rows there are. */
const SOURCES = ['../app', '../schema']

/**
 * Sixteen hex digits that say of what this is the index (specs/index.md, rule 6): deployment, chain, and the code that makes the rows. Any
 * change makes another index, so no tables are ever of two minds.
 */
export async function identityOf(
  { deployment, fromBlock = 0 }: Pick<StartIndexerParameters, 'deployment' | 'fromBlock'>,
  genesis: string,
  generation: number,
): Promise<string> {
  const hash = createHash('sha256')
  const addresses = Object.entries(deployment).sort(([a], [b]) => (a < b ? -1 : 1))
  hash.update(JSON.stringify([addresses, fromBlock, genesis, generation]).toLowerCase())
  for (const folder of SOURCES) hash.update(await textOf(fileURLToPath(new URL(folder, import.meta.url))))
  return hash.digest('hex').slice(0, 16)
}

async function textOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true })
  const code = names.filter((name) => /(?<!\.d|\.test)\.[jt]s$/.test(name)).sort()
  const texts = await Promise.all(code.map((name) => readFile(join(folder, name), 'utf8')))
  return code.map((name, i) => `${name}\n${texts[i]}`).join('\n')
}
