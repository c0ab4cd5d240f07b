import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesToHex, sha256 } from '@stoa/protocol'
import type { Home } from '../home/home.ts'

/** Writes an upstream's key into a file of the home that only its owner may read; its path. The key of the same server and model before is replaced. */
export async function keepUpstreamKey(
  home: Home,
  { url, model, key }: { url: string; model: string; key: string },
): Promise<string> {
  const folder = join(home.folder, 'upstreams')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = bytesToHex(sha256(new TextEncoder().encode(`${url}\n${model}`))).slice(2, 18)
  const file = join(folder, `${name}.key`)
  await writeFile(file, `${key}\n`, { mode: 0o600 })
  return file
}
