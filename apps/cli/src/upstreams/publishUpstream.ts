import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChatFeature, type ModelCard, modelCardSchema } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import type { Config, UpstreamConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { type PublishedBundle, publishBundle } from '../market/publishBundle.ts'

/** What people are told of a model that a server answers for. */
export type UpstreamWords = {
  /** By default made of what the server calls it. */
  name?: string | undefined
  title?: string | undefined
  description?: string | undefined
  licence?: string | undefined
  context?: number | undefined
  features?: readonly ChatFeature[] | undefined
  /** The owner's share of revenue, parts per million, wherever it is served. */
  ownerSharePpm?: number | undefined
}

/** Publishes a model of which only a server's name for it is known, with this home's owner as its owner (specs/backends.md, "Bundle"). */
export async function publishUpstream(
  { home, config, upstream }: { home: Home; config: Config; upstream: UpstreamConfig },
  words: UpstreamWords,
): Promise<PublishedBundle & { name: string }> {
  const card = cardOf(upstream, words)
  const folder = await mkdtemp(join(tmpdir(), 'stoa-upstream-'))
  try {
    const { protocol, model } = upstream
    await writeFile(join(folder, 'upstream.json'), `${JSON.stringify({ stoa: 'upstream/1', protocol, model })}\n`)
    const published = await publishBundle(await roleClient(home, config, 'owner'), {
      ...{ deployment: config.deployment, blobs: await diskBlobStore({ folder: home.blobs }), folder },
      ...{ files: ['upstream.json'], card, ownerSharePpm: words.ownerSharePpm ?? 0, resaleFeeBps: 0 },
    })
    return { ...published, name: card.name }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function cardOf({ protocol, model }: UpstreamConfig, words: UpstreamWords): Omit<ModelCard, 'stoa' | 'files'> {
  const { features, context } = words
  const name = words.name ?? nameOf(model)
  if (!modelCardSchema.shape.name.safeParse(name).success)
    throw new CommandError(`"${name}" can't be a model's name.`, {
      code: 'INVALID_ARGUMENT',
      hint: 'Give one with --name: small letters, digits, ".", "_" and "-", at most one "/", 80 characters.',
    })
  return {
    ...{ name, task: protocol === 'openai' ? 'chat' : 'graph' },
    title: (words.title ?? model).slice(0, 120),
    description:
      words.description ?? `What a server of the provider answers as "${model}". Nothing proves which weights answer.`,
    licence: words.licence ?? 'see the server',
    source: protocol === 'openai' ? 'an OpenAI-compatible server' : 'a server of the Open Inference Protocol',
    ...(features && features.length > 0 && { features: [...features] }),
    ...(context !== undefined && { context }),
  }
}

/** The server's name in the letters of ours; of a path the last two parts. */
function nameOf(model: string): string {
  const parts = model.toLowerCase().split('/').slice(-2)
  const plain = parts.map((part) => part.replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+|-+$/g, ''))
  return plain
    .filter((part) => part !== '')
    .join('/')
    .slice(0, 80)
}
