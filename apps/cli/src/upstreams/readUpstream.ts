import { readFile } from 'node:fs/promises'
import type { Upstream } from '@stoa/node'
import { CommandError } from '../errors.ts'
import type { UpstreamConfig } from '../home/config.ts'

/** An upstream with its key, which stands in a file of its own and nowhere else. Throws `CommandError` for a file that can't be read. */
export async function readUpstream({ keyFile, ...upstream }: UpstreamConfig): Promise<Upstream> {
  if (keyFile === undefined) return upstream
  const key = await readFile(keyFile, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CommandError(`The key of ${upstream.url} can't be read: ${cause.code} at ${keyFile}.`, {
      code: 'UNREADABLE_FILE',
      hint: 'Put the key alone into that file, readable by you, or offer the model again with another --upstream-key-file.',
    })
  })
  return { ...upstream, key: key.trim() }
}
