import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from '@stoa/protocol'
import type { Home } from './home.ts'
import { keyOfFile, newKeyFile, type Role } from './keys.ts'

const staged = (home: Home, role: Role) => join(home.keys, `${role}.next.json`)

/** The key that is to take a role's place: made now, or by an attempt that ended before it did. */
export async function stagedKey(home: Home, role: Role): Promise<Hex> {
  const file = staged(home, role)
  return existsSync(file) ? keyOfFile(home, file) : newKeyFile(home, file)
}

/** Puts the staged key in its role's place. The former one is kept under `name` in the folder `former`: what it signed still counts, and its account may hold coin. */
export async function promoteKey(home: Home, role: Role, name: string): Promise<string> {
  const folder = join(home.keys, 'former')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kept = join(folder, `${role}-${name}.json`)
  const file = join(home.keys, `${role}.json`)
  // Between the two a start fails with a message that names the file; doing it again mends it.
  if (existsSync(file) && !existsSync(kept)) await rename(file, kept)
  await rename(staged(home, role), file)
  return kept
}
