import { BaseError, type Hex, hexToBytes, MAX_CARD_BYTES, type ModelCard, parseModelCard } from '@stoa/protocol'
import { BlobTooLargeError, cidOfDigest } from '@stoa/storage'
import { blocksOf } from '../provider/blocksOf.ts'
import type { Store } from '../store/openStore.ts'

/** Milliseconds for one provider to give a card of at most 64 KiB. */
const CARD_TIMEOUT_MS = 5_000
/** Cards that one provider is asked for at a time: a thousand at once would all be late. */
const AT_ONCE = 16

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
  const sources = new Map<string, Source>()
  const sourceAt = (url: string) => {
    const source = sources.get(url) ?? openSource(url)
    sources.set(url, source)
    return source
  }
  return {
    async read(digest, endpoints) {
      const found = known.get(digest)
      if (found) return found
      const key = hexToBytes(digest, 32)
      const kept = select.get(key)?.bytes
      const bytes = kept instanceof Uint8Array ? kept : await fetchCard(cidOfDigest(key), endpoints.map(sourceAt))
      const card = parseModelCard(bytes)
      if (bytes !== kept) insert.run(key, bytes)
      known.set(digest, card)
      return card
    },
  }
}

async function fetchCard(cid: string, sources: readonly Source[]): Promise<Uint8Array> {
  let failure: unknown = new BaseError(`No provider is known that has the card ${cid}.`, { code: 'UNKNOWN_BLOB' })
  for (const source of sources) {
    try {
      const card = await source(cid)
      if (card.length > MAX_CARD_BYTES) throw new BlobTooLargeError(MAX_CARD_BYTES)
      return card
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** Gives a card's bytes. */
type Source = (cid: string) => Promise<Uint8Array>

/** One provider, asked for a few cards at a time. Where one is not answered in its time, whatever waited behind it fails with it: a thousand cards would take that time again and again. */
function openSource(url: string): Source {
  const blocks = blocksOf(url, { timeoutMs: CARD_TIMEOUT_MS })
  const waiting: PromiseWithResolvers<void>[] = []
  let asked = 0
  const turn = async () => {
    if (asked < AT_ONCE) return void asked++
    const place = Promise.withResolvers<void>()
    waiting.push(place)
    return place.promise
  }
  const giveUp = () => {
    for (const { reject } of waiting.splice(0))
      reject(
        new BaseError(`${url} did not give a card within ${CARD_TIMEOUT_MS} ms.`, {
          code: 'CARD_SOURCE_SILENT',
          retry: true,
        }),
      )
  }
  return async (cid) => {
    await turn()
    const began = performance.now()
    try {
      return await blocks.block(cid)
    } catch (error) {
      // Timers may be a little early.
      if (performance.now() - began > CARD_TIMEOUT_MS - 100) giveUp()
      throw error
    } finally {
      const next = waiting.shift()
      if (next) next.resolve()
      else asked--
    }
  }
}
