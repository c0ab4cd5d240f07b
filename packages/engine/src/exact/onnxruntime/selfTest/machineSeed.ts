import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExactGraph } from '../../profile/index.ts'
import { cacheFolder } from './cacheFolder.ts'

/** What the inputs on which a graph is tried are drawn from: an integer from 0 to 2^32 − 1. */
export type SeedOf = (graph: ExactGraph) => Promise<number>

const SECRET_BYTES = 32

/**
 * Seeds that nobody but this machine knows, the same for a graph each time: a publisher who knew on what its graph is tried could hide a difference from it
 * elsewhere, and a test that fails here should fail here again. The secret is a file; where none can be kept, it lasts as long as the process.
 */
export function machineSeed(folder = cacheFolder()): SeedOf {
  let secret: Promise<Uint8Array> | undefined
  return async ({ bytes }) => {
    secret ??= readOrMake(folder)
    return createHmac('sha256', await secret)
      .update(bytes)
      .digest()
      .readUInt32BE()
  }
}

async function readOrMake(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'secret')
  const made = randomBytes(SECRET_BYTES)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Of two processes that begin together, one makes it.
    await writeFile(path, made, { mode: 0o600, flag: 'wx' }).catch(() => undefined)
    const found = await readFile(path)
    return found.length === SECRET_BYTES ? found : made
  } catch {
    return made
  }
}
