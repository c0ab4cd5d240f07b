import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diskBlobStore } from '@stoa/storage'
import { roleClient } from '../home/clients.ts'
import type { Config, UpstreamConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { type PublishedBundle, publishBundle } from '../market/publishBundle.ts'
import { describeUpstream, UPSTREAM_FILE, type UpstreamWords, upstreamFile } from './describeUpstream.ts'

/** Publishes a model of which only a server's name for it is known, with this home's owner as its owner (specs/backends.md, "Bundle"). */
export async function publishUpstream(
  { home, config, upstream }: { home: Home; config: Config; upstream: UpstreamConfig },
  words: UpstreamWords,
): Promise<PublishedBundle & { name: string }> {
  const card = describeUpstream(upstream, words)
  const folder = await mkdtemp(join(tmpdir(), 'stoa-upstream-'))
  try {
    await writeFile(join(folder, UPSTREAM_FILE), upstreamFile(upstream))
    const published = await publishBundle(await roleClient(home, config, 'owner'), {
      ...{ deployment: config.deployment, blobs: await diskBlobStore({ folder: home.blobs }), folder },
      ...{ files: [UPSTREAM_FILE], card, ownerSharePpm: words.ownerSharePpm ?? 0, resaleFeeBps: 0 },
    })
    return { ...published, name: card.name }
  } finally {
    await rm(folder, { recursive: true })
  }
}
