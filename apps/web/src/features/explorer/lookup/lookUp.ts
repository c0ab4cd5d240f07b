import type { Hex } from '@stoa/protocol'
import type { ReadClient } from '@stoa/sdk'
import { getModel, type IndexClient, listGames, listOffers } from '@stoa/sdk/index-client'
import { BlockNotFoundError, getAddress, isAddress, TransactionNotFoundError } from 'viem'
import { getBlock, getBlockNumber, getTransaction } from 'viem/actions'

/** Something that was found: what it is, and where it is told. */
export type Found =
  | { kind: 'transaction'; id: Hex }
  | { kind: 'block'; id: string }
  | { kind: 'account'; id: string }
  | { kind: 'offer'; id: Hex }
  | { kind: 'model'; id: string; name?: string }
  | { kind: 'dispute'; id: string }

export type LookUpParameters = {
  client: ReadClient
  index: Pick<IndexClient, 'ask'>
  /** Names of models by id. */
  models: ReadonlyMap<string, string>
}

/** Models by name that are shown at most. */
const MOST_NAMES = 50

/** All that a text may mean: a hash, an address, a number, a name. */
export async function lookUp(text: string, parameters: LookUpParameters): Promise<Found[]> {
  if (isAddress(text, { strict: false })) return [{ kind: 'account', id: getAddress(text) }]
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return byHash(text.toLowerCase() as Hex, parameters)
  if (/^\d{1,15}$/.test(text)) return byNumber(Number(text), parameters)
  return byName(text, parameters)
}

async function byHash(hash: Hex, { client, index }: LookUpParameters): Promise<Found[]> {
  const [transaction, block, offers, games] = await Promise.all([
    unless(TransactionNotFoundError, getTransaction(client, { hash })),
    unless(BlockNotFoundError, getBlock(client, { blockHash: hash })),
    index.ask(listOffers({ offerId: hash })),
    index.ask(listGames({ receiptDigest: hash })),
  ])
  return [
    ...(transaction ? [{ kind: 'transaction', id: hash } as const] : []),
    ...(block ? [{ kind: 'block', id: String(block.number) } as const] : []),
    ...offers.map(({ offerId }) => ({ kind: 'offer', id: offerId }) as const),
    ...games.map(({ id }) => ({ kind: 'dispute', id: String(id) }) as const),
  ]
}

async function byNumber(number: number, { client, index, models }: LookUpParameters): Promise<Found[]> {
  const id = String(number)
  const [head, model, [game]] = await Promise.all([
    getBlockNumber(client),
    index.ask(getModel({ modelId: BigInt(number) })),
    index.ask(listGames({ gameId: BigInt(number) })),
  ])
  const name = models.get(id)
  return [
    ...(BigInt(number) <= head ? [{ kind: 'block', id } as const] : []),
    ...(model ? [{ kind: 'model', id, ...(name && { name }) } as const] : []),
    ...(game ? [{ kind: 'dispute', id } as const] : []),
  ]
}

function byName(text: string, { models }: LookUpParameters): Found[] {
  const words = text.toLowerCase().split(/\s+/)
  return [...models]
    .filter(([, name]) => words.every((word) => name.toLowerCase().includes(word)))
    .slice(0, MOST_NAMES)
    .map(([id, name]) => ({ kind: 'model', id, name }))
}

/** Undefined for what is not there; any other error is one. */
async function unless<T>(absence: new (...args: never[]) => Error, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof absence) return undefined
    throw error
  }
}
