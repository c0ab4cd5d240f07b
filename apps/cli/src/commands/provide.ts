import { resolve } from 'node:path'
import type { UpstreamProtocol } from '@stoa/node'
import { type ChatFeature, formatAmount, parseAmount, UNITS } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'
import { CommandError, NotRunningError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import type { Config } from '../home/config.ts'
import { serveOffer } from '../market/serveOffer.ts'
import { order } from '../services/control.ts'
import { provideUpstream } from '../upstreams/provideUpstream.ts'
import { type Context, requireConfig } from './context.ts'

export type ProvideOptions = {
  price: string
  unit: string
  exposure: string
  slashCap: string
  /** Days. */
  retention?: number
  upstream?: string
  upstreamModel?: string
  upstreamKeyFile?: string
  upstreamProtocol?: UpstreamProtocol
  task?: 'chat' | 'embedding'
  name?: string
  title?: string
  licence?: string
  context?: number
  features?: ChatFeature[]
}

/** A node that does not run serves the offer from its next start. */
async function reloadIfRunning(home: Context['home'], printer: Context['printer']): Promise<void> {
  await order(home, 'reload').catch((error: unknown) => {
    if (!(error instanceof NotRunningError)) throw error
    printer.say('No node is running from this home: it serves the offer from its next start.')
  })
}

/** Offers a model's active version at a price, and has the running node serve it: from the model's files, or through a server by URL. */
export async function provide(
  { home, printer }: Context,
  modelId: string | undefined,
  options: ProvideOptions,
): Promise<void> {
  const config = await requireConfig(home)
  const { token } = config
  const terms = termsOf(config, modelId, options)
  const reload = () => reloadIfRunning(home, printer)
  const { upstream, upstreamModel: model } = options
  const { offerId, offer, name } =
    upstream !== undefined && model !== undefined
      ? await provideUpstream({
          ...{ home, config, printer, reload, terms, words: options, task: options.task },
          upstream: {
            ...{ url: upstream, model, protocol: options.upstreamProtocol },
            ...(options.upstreamKeyFile !== undefined && { keyFile: resolve(options.upstreamKeyFile) }),
          },
        })
      : await provideFiles({ home, printer }, config, terms, reload)
  const judged = { exact: 'judged by contract', attested: 'signed only' }[offer.proofKind]
  const said = `${formatAmount(offer.price, token)} per million ${offer.unit}s, ${judged}`
  const called = name === undefined ? '' : ` Buyers call it ${name}.`
  printer.result(
    { offerId, proofKind: offer.proofKind, ...(name && { model: name }) },
    `Offer ${offerId}: ${said}.${called}`,
  )
}

type Terms = ReturnType<typeof termsOf>

async function provideFiles(
  { home, printer }: Context,
  config: Config,
  { modelId, ...terms }: Terms,
  reload: () => Promise<unknown>,
): Promise<Awaited<ReturnType<typeof serveOffer>> & { name?: string }> {
  if (modelId === undefined)
    throw new CommandError('Nothing says what to offer.', {
      code: 'INVALID_ARGUMENT',
      hint: 'Give the number that "stoa publish" printed, or a server: --upstream <url> and --upstream-model <name>.',
    })
  return serveOffer(await roleClient(home, config, 'provider'), {
    ...{ home, config, printer, reload },
    blobs: await diskBlobStore({ folder: home.blobs }),
    terms: { ...terms, modelId, payee: config.accounts.payee },
  })
}

function termsOf({ token }: Config, modelId: string | undefined, options: ProvideOptions) {
  const unit = UNITS.find((name) => name === options.unit)
  if (!unit || (modelId !== undefined && !/^\d{1,30}$/.test(modelId)))
    throw new CommandError(unit ? `"${modelId}" is not a model's number.` : `"${options.unit}" is not a unit.`, {
      code: 'INVALID_ARGUMENT',
      hint: `Give the number that "stoa publish" printed, and a unit of ${UNITS.join(', ')}.`,
    })
  if ((options.upstream === undefined) !== (options.upstreamModel === undefined))
    throw new CommandError('A server and its model go together.', {
      code: 'INVALID_ARGUMENT',
      hint: 'Give both --upstream <url> and --upstream-model <name>.',
    })
  const price = parseAmount(options.price, token)
  if (price === 0n)
    throw new CommandError(`A price of ${options.price} would sell for nothing.`, {
      code: 'INVALID_ARGUMENT',
      hint: 'Offers cannot be changed, only replaced: give a price per million units.',
    })
  return {
    ...{ unit, price, modelId: modelId === undefined ? undefined : BigInt(modelId) },
    exposure: parseAmount(options.exposure, token),
    slashCap: parseAmount(options.slashCap, token),
    ...(options.retention !== undefined && { retentionSeconds: options.retention * 86_400 }),
  }
}
