import { BaseError, type Hex } from '@stoa/protocol'
import { type Deployment, isOfferOpen, listClosures, listOffers, offerIdOf, type ReadClient } from '@stoa/sdk'
import { type IndexClient, listOffers as indexedOffersOf, type Place } from '@stoa/sdk/index-client'
import { getBlockNumber } from 'viem/actions'
import { mapAtMost } from '../../mapAtMost.ts'
import type { FoundOffer, OfferSource } from './offerSource.ts'

/** The index tells what can't be, or not enough: the chain is asked instead. */
export class IndexUnusableError extends BaseError {
  override name = 'IndexUnusableError'
  constructor(why: string) {
    super(`The index can't be used: ${why}.`, {
      code: 'INDEX_UNUSABLE',
      hint: 'The gateway reads the chain instead. "stoa status" says how the index stands.',
      retry: true,
    })
  }
}

/** Offers asked for at once. */
const PAGE = 1_000
/** Questions to the chain at once. */
const TOGETHER = 50

/**
 * An index (specs/index.md), and the chain for the blocks that the index does not have yet. The index is believed in nothing that costs
 * money: an offer counts only if its terms hash to its id, and the ledger has an open offer of that id. What is left to a lying index is to
 * hide offers, and to show as open what was closed after this gateway first saw it.
 */
export function indexedOffers(index: IndexClient, client: ReadClient, deployment: Deployment): OfferSource {
  const confirmed = new Set<Hex>()

  /** Leaves out what the ledger does not have. */
  const onLedger = async (offers: readonly FoundOffer[]): Promise<FoundOffer[]> => {
    const unknown = offers.map(({ offerId }) => offerId).filter((offerId) => !confirmed.has(offerId))
    await mapAtMost(TOGETHER, unknown, async (offerId) => {
      if (await isOfferOpen(client, { deployment, offerId })) confirmed.add(offerId)
    })
    return offers.filter(({ offerId }) => confirmed.has(offerId))
  }

  return {
    async openOffers() {
      const [status, head] = await Promise.all([index.status(), getBlockNumber(client, { cacheTime: 0 })])
      const { ready, chainId, block } = status
      if (chainId !== deployment.chainId) throw new IndexUnusableError(`it is of chain ${chainId}`)
      if (!ready) throw new IndexUnusableError("it still reads the chain's past")
      if (BigInt(block) > head) throw new IndexUnusableError('it has blocks that the chain has not')
      const known = await onLedger(await readPages(index, deployment))
      if (BigInt(block) === head) return known
      const since = { deployment, fromBlock: BigInt(block) + 1n, toBlock: head }
      const [made, closed] = await Promise.all([listOffers(client, since), listClosures(client, since)])
      const gone = new Set(closed)
      const all = new Map([...known, ...made].map(({ offerId, offer }) => [offerId, offer]))
      return [...all].filter(([offerId]) => !gone.has(offerId)).map(([offerId, offer]) => ({ offerId, offer }))
    },
  }
}

/** Every open offer of an index. Throws `IndexUnusableError` as soon as one is not what its id says. */
async function readPages(index: IndexClient, deployment: Deployment): Promise<FoundOffer[]> {
  const found: FoundOffer[] = []
  for (let after: Place | undefined; ; ) {
    const page = await index.ask(indexedOffersOf({ open: true, limit: PAGE, after }))
    for (const { offerId, offer } of page) {
      if (offerIdOf({ deployment, offer }) !== offerId)
        throw new IndexUnusableError(`the terms of offer ${offerId} are others than its id says`)
      found.push({ offerId, offer })
    }
    if (page.length < PAGE) return found
    after = page.at(-1)
  }
}
