import { probeUpstream, type UpstreamProtocol } from '@stoa/node'
import { diskBlobStore } from '@stoa/storage'
import { roleClient } from '../home/clients.ts'
import type { Config, UpstreamConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import type { MadeOffer, OfferTerms } from '../market/makeOffer.ts'
import { serveOffer } from '../market/serveOffer.ts'
import type { Printer } from '../output/printer.ts'
import type { UpstreamWords } from './describeUpstream.ts'
import { publishUpstream } from './publishUpstream.ts'
import { readUpstream } from './readUpstream.ts'

export type ProvideUpstreamParameters = {
  home: Home
  config: Config
  /** Without a protocol the server is asked what it speaks. */
  upstream: Omit<UpstreamConfig, 'protocol'> & { protocol?: UpstreamProtocol | undefined }
  /** What an OpenAI-compatible server is to do; undefined: to chat, where a card is published. */
  task?: 'chat' | 'embedding' | undefined
  /** Without a model of its own a card is published for it. */
  terms: Omit<OfferTerms, 'modelId' | 'payee'> & { modelId?: bigint | undefined }
  words: UpstreamWords
  reload: () => Promise<unknown>
  printer: Pick<Printer, 'step'>
}

/**
 * Sells what a server by URL answers: asks it whether it has the model, publishes a card where there is none, makes the offer, and has the home's node serve it. Nothing is published for a server that
 * does not answer: `InvalidUpstreamError`.
 */
export async function provideUpstream(parameters: ProvideUpstreamParameters): Promise<MadeOffer & { name?: string }> {
  const { home, config, words, reload, printer, task } = parameters
  const { protocol: wanted, ...rest } = parameters.upstream
  const { protocol, context, dimensions } = await printer.step(
    'upstream',
    async () => {
      const upstream = await readUpstream({ ...rest, protocol: wanted ?? 'openai' })
      return probeUpstream({ ...upstream, protocol: wanted, task })
    },
    (probed) => `has ${rest.model}, speaks ${probed.protocol}`,
  )
  const upstream: UpstreamConfig = { ...rest, protocol }
  const { modelId: known, ...terms } = parameters.terms
  const published =
    known === undefined
      ? await printer.step(
          'publish',
          () =>
            publishUpstream({ home, config, upstream }, { ...words, dimensions, context: words.context ?? context }),
          ({ name }) => name,
        )
      : { modelId: known }
  const made = await serveOffer(await roleClient(home, config, 'provider'), {
    ...{ home, config, upstream, reload, printer },
    blobs: await diskBlobStore({ folder: home.blobs }),
    terms: { ...terms, modelId: published.modelId, payee: config.accounts.payee },
  })
  return { ...made, ...('name' in published && { name: published.name }) }
}
