import { BaseError, type Hex, hexToBytes, MAX_CARD_BYTES, type ModelCard, parseModelCard } from '@stoa/protocol'
import { BlobTooLargeError, cidOfDigest } from '@stoa/storage'
import { blocksOf } from '../provider/blocksOf.ts'
import type { Store } from '../store/openStore.ts'

/** Milliseconds for one provider to give a card of at most 64 KiB. */
const CARD_TIMEOUT_MS = 5_000
/** Cards that one provider is asked for at a time: a thousand at once would all be late. */
const AT_ONCE = 16
/** Milliseconds in which a provider that let one card's time pass is asked for no other: its thousand cards would take that time again and again. */
const SILENCE_MS = 60_000

export type CardReader = {
  /**
   * The card with this SHA-256: kept from earlier, or from the first of the providers that has it. The bytes are verified against the
   * digest, whoever sent them. Throws what the last provider's failure was, or `InvalidCardError`.
   */
  read(digest: Hex, endpoints: readonly string[]): Promise<ModelCard>
}

export function cardReader({ db }: Pick<Store, 'db'>, now: () => number): CardReader {
  const select = db.prepare('SELECT bytes FROM cards WHERE digest = ?')
  const insert = db.prepare('INSERT OR IGNORE INTO cards VALUES (?, ?)')
  const known = new Map<Hex, ModelCard>()
  const sources = new Map<string, Source>()
  const sourceAt = (url: string) => {
    const source = sources.get(url) ?? openSource(url, now)
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

/** One provider, asked for a few cards at a time. */
function openSource(url: string, now: () => number): Source {
  const blocks = blocksOf(url, { timeoutMs: CARD_TIMEOUT_MS })
  const waiting: (() => void)[] = []
  let [asked, silentUntil] = [0, Number.NEGATIVE_INFINITY]
  return async (cid) => {
    if (asked >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    else asked++
    const began = now()
    try {
      if (began < silentUntil)
        throw new BaseError(`${url} did not answer within ${CARD_TIMEOUT_MS} ms, and is asked again in a minute.`, {
          code: 'CARD_SOURCE_SILENT',
          retry: true,
        })
      return await blocks.block(cid)
    } catch (error) {
      // Timers may be a little early.
      if (now() - began > CARD_TIMEOUT_MS - 100) silentUntil = now() + SILENCE_MS
      throw error
    } finally {
      const next = waiting.shift()
      if (next) next()
      else asked--
    }
  }
}
