import { BaseError, type Hex, hexToBytes, MAX_CARD_BYTES, type ModelCard, parseModelCard } from '@stoa/protocol'
import { BlobTooLargeError, cidOfDigest } from '@stoa/storage'
import { blocksOf } from '../provider/blocksOf.ts'
import type { Store } from '../store/openStore.ts'

/** Milliseconds for one provider to give a card of at most 64 KiB. */
const CARD_TIMEOUT_MS = 5_000

export type CardReader = {
  /**
   * The card with this SHA-256: kept from earlier, or from the first of the providers that has it. The bytes are verified against the
   * digest, whoever sent them. Throws what the last provider's failure was, or `InvalidCardError`.
   */
  read(digest: Hex, endpoints: readonly string[]): Promise<ModelCard>
}

export function cardReader({ db }: Pick<Store, 'db'>): CardReader {
  const select = db.prepare('SELECT bytes FROM cards WHERE digest = ?')
  const insert = db.prepare('INSERT OR IGNORE INTO cards VALUES (?, ?)')
  const known = new Map<Hex, ModelCard>()
  return {
    async read(digest, endpoints) {
      const found = known.get(digest)
      if (found) return found
      const key = hexToBytes(digest, 32)
      const kept = select.get(key)?.bytes
      const bytes = kept instanceof Uint8Array ? kept : await fetchCard(cidOfDigest(key), endpoints)
      const card = parseModelCard(bytes)
      if (bytes !== kept) insert.run(key, bytes)
      known.set(digest, card)
      return card
    },
  }
}

async function fetchCard(cid: string, endpoints: readonly string[]): Promise<Uint8Array> {
  let failure: unknown = new BaseError(`No provider is known that has the card ${cid}.`, { code: 'UNKNOWN_BLOB' })
  for (const url of endpoints) {
    try {
      const card = await blocksOf(url, { timeoutMs: CARD_TIMEOUT_MS }).block(cid)
      if (card.length > MAX_CARD_BYTES) throw new BlobTooLargeError(MAX_CARD_BYTES)
      return card
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
