import { type ChatFeature, type ModelCard, modelCardSchema } from '@stoa/protocol'
import { CommandError } from '../errors.ts'
import type { UpstreamConfig } from '../home/config.ts'

type Promised = Pick<UpstreamConfig, 'protocol' | 'model'>

/** What people are told of a model that a server answers for. */
export type UpstreamWords = {
  /** By default made of what the server calls it. */
  name?: string | undefined
  title?: string | undefined
  description?: string | undefined
  licence?: string | undefined
  context?: number | undefined
  features?: readonly ChatFeature[] | undefined
  /** Numbers of an embedding: of a server that embeds texts, and of no other. */
  dimensions?: number | undefined
  /** The owner's share of revenue, parts per million, wherever it is served. */
  ownerSharePpm?: number | undefined
}

/** The one file of a bundle whose answers a server gives, and what is in it (specs/backends.md, "Bundle"). */
export const UPSTREAM_FILE = 'upstream.json'

export function upstreamFile({ protocol, model }: Promised): string {
  return `${JSON.stringify({ stoa: 'upstream/1', protocol, model })}\n`
}

/** A card of what is known of a model by its server's name for it, with the words that somebody gave. Throws `CommandError` where no name can be made of it. */
export function describeUpstream(
  { protocol, model }: Promised,
  words: UpstreamWords,
): Omit<ModelCard, 'stoa' | 'files'> {
  const { features, context, dimensions } = words
  const name = words.name ?? nameOf(model)
  if (!modelCardSchema.shape.name.safeParse(name).success)
    throw new CommandError(`"${name}" can't be a model's name.`, {
      code: 'INVALID_ARGUMENT',
      hint: 'Give one with --name: small letters, digits, ".", "_" and "-", at most one "/", 80 characters.',
    })
  return {
    ...{ name, task: protocol === 'oip' ? 'graph' : dimensions === undefined ? 'chat' : 'embedding' },
    title: (words.title ?? model).slice(0, 120),
    description:
      words.description ?? `What a server of the provider answers as "${model}". Nothing proves which weights answer.`,
    licence: words.licence ?? 'see the server',
    source: protocol === 'openai' ? 'an OpenAI-compatible server' : 'a server of the Open Inference Protocol',
    ...(features && features.length > 0 && { features: [...features] }),
    ...(context !== undefined && { context }),
    ...(dimensions !== undefined && { dimensions }),
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
