import { type Address, type Hex, type Offer, UNITS_OF_TASK } from '@stoa/protocol'
import type { Deployment } from '@stoa/sdk'
import type { Logger } from '../logger.ts'
import { mapAtMost } from '../mapAtMost.ts'
import { believedProof } from './believedProof.ts'
import type { Chain } from './chain.ts'
import type { ListedModel, Listing, Provider } from './market.ts'
import type { DocumentReader } from './readDocuments.ts'

/** Providers read at once. */
const PROVIDERS_TOGETHER = 50

/** Of a provider that the ledger does not have: nothing opens what is sealed to it. */
const NO_KEY: Hex = `0x${'0'.repeat(64)}`

export type ReadMarketParameters = {
  chain: Pick<Chain, 'offers' | 'models' | 'provider'>
  documents: DocumentReader
  /** Whose escrow an offer must be paid through, and whose judge is believed. */
  deployment: Pick<Deployment, 'escrow' | 'arbiter'>
  logger: Logger
}

/**
 * Reads what is on offer now. Left out are offers paid through another escrow, in units that both sides can't count, whose provider's
 * stake no longer covers the slash cap or whose endpoint is no URL, of a version that is not the active one, and models whose card
 * can't be read; an offer whose terms can't be read promises nothing. Throws only when the chain can't be read.
 */
export async function readMarket(parameters: ReadMarketParameters): Promise<ListedModel[]> {
  const { chain, documents, deployment, logger } = parameters
  const { escrow, arbiter } = deployment
  const ours = (await chain.offers()).filter(({ offer }) => sameAddress(offer.escrow, escrow))
  const providers = await readProviders(chain, ours)
  const byModel = Map.groupBy(ours, ({ offer }) => offer.modelId)
  const known = await chain.models([...byModel.keys()])
  const retentionOf = async ({ offerId, offer, provider }: Pick<Listing, 'offerId' | 'offer' | 'provider'>) => {
    if (BigInt(offer.terms) === 0n) return undefined
    try {
      return (await documents.terms(offer.terms, [provider.endpoint])).retentionSeconds
    } catch (error) {
      logger({ type: 'terms-unreadable', offerId, error })
      return undefined
    }
  }
  const models = await Promise.all(
    [...byModel].map(async ([modelId, offers]): Promise<ListedModel | undefined> => {
      const { owner, activeVersion, versions = [] } = known.get(modelId) ?? {}
      const version = versions.find((v) => v.version === activeVersion)
      const listings = offers.flatMap(({ offerId, offer }): Omit<Listing, 'proofKind'>[] => {
        const provider = providers.get(lower(offer.provider))
        if (!provider || offer.modelVersion !== activeVersion || provider.stake < offer.slashCap) return []
        return [{ offerId, offer, provider }]
      })
      if (!owner || !version || listings.length === 0) return undefined
      const endpoints = [...new Set(listings.map(({ provider }) => provider.endpoint))]
      try {
        const card = await documents.card(version.card, endpoints)
        const countable = listings.filter(({ offer }) => UNITS_OF_TASK[card.task].includes(offer.unit))
        const listed = countable.map(async (listing): Promise<Listing> => {
          const proofKind = believedProof({ offer: listing.offer, arbiter, card })
          return { ...listing, proofKind, retentionSeconds: await retentionOf(listing) }
        })
        const { weights: weightsDigest, publishedAt } = version
        const { name } = card
        return {
          name,
          modelId,
          version: version.version,
          owner,
          card,
          weightsDigest,
          publishedAt,
          listings: await Promise.all(listed),
        }
      } catch (error) {
        logger({ type: 'card-unreadable', modelId, error })
        return undefined
      }
    }),
  )
  return models.filter((model) => model !== undefined).filter(({ listings }) => listings.length > 0)
}

async function readProviders(
  chain: Pick<Chain, 'provider'>,
  offers: readonly { offerId: Hex; offer: Offer }[],
): Promise<Map<Address, Provider>> {
  const addresses = [...new Set(offers.map(({ offer }) => lower(offer.provider)))]
  const found = await mapAtMost(PROVIDERS_TOGETHER, addresses, async (address) => {
    const { endpoint = '', signer = address, endpointKey = NO_KEY, stake = 0n } = (await chain.provider(address)) ?? {}
    return { address, endpoint, endpointKey, signer: lower(signer), stake }
  })
  return new Map(found.filter(({ endpoint }) => isEndpoint(endpoint)).map((provider) => [provider.address, provider]))
}

/** An absolute http or https URL without credentials, query or fragment, to which paths can be added. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  if (!url) return false
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  return plain && (url.protocol === 'http:' || url.protocol === 'https:')
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address
}

function sameAddress(a: Address, b: Address): boolean {
  return lower(a) === lower(b)
}
