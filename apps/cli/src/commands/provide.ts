import { formatAmount, parseAmount, UNITS } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import { serveOffer } from '../market/serveOffer.ts'
import { order } from '../services/control.ts'
import { type Context, requireConfig } from './context.ts'

export type ProvideOptions = { price: string; unit: string; exposure: string; slashCap: string }

/** Offers a model's active version at a price, and has the running node serve it. */
export async function provide({ home, printer }: Context, modelId: string, options: ProvideOptions): Promise<void> {
  const config = await requireConfig(home)
  const { token, accounts } = config
  const unit = UNITS.find((name) => name === options.unit)
  if (!unit || !/^\d{1,30}$/.test(modelId))
    throw new CommandError(unit ? `"${modelId}" is not a model's number.` : `"${options.unit}" is not a unit.`, {
      code: 'INVALID_ARGUMENT',
      hint: `Give the number that "stoa publish" printed, and a unit of ${UNITS.join(', ')}.`,
    })
  const client = await roleClient(home, config, 'provider')
  const price = parseAmount(options.price, token)
  if (price === 0n)
    throw new CommandError(`A price of ${options.price} would sell for nothing.`, {
      code: 'INVALID_ARGUMENT',
      hint: 'Offers cannot be changed, only replaced: give a price per million units.',
    })
  const { offerId, offer } = await serveOffer(client, {
    ...{ home, config, printer },
    blobs: await diskBlobStore({ folder: home.blobs }),
    terms: {
      payee: accounts.payee,
      modelId: BigInt(modelId),
      ...{ unit, price },
      exposure: parseAmount(options.exposure, token),
      slashCap: parseAmount(options.slashCap, token),
    },
    reload: () => order(home, 'reload'),
  })
  const judged = { exact: 'judged by contract', attested: 'signed only' }[offer.proofKind]
  const terms = `${formatAmount(price, token)} per million ${unit}s, ${judged}`
  printer.result({ offerId, proofKind: offer.proofKind }, `Offer ${offerId}: ${terms}.`)
}
