import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { Config } from './config.ts'
import type { Home } from './home.ts'

/** The key that makes its holder the owner of the home's gateway (specs/keys.md); made on first use, readable by the owner of the folder only. */
export async function ownerKey(home: Home): Promise<string> {
  try {
    await writeFile(home.ownerKey, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return (await readFile(home.ownerKey, 'utf8')).trim()
}

/** What this home's own parts show to its gateway: the owner's key where the gateway asks for one. */
export async function ownerHeaders(home: Home, { buying }: Pick<Config, 'buying'>): Promise<Record<string, string>> {
  return buying?.requireKey ? { authorization: `Bearer ${await ownerKey(home)}` } : {}
}
