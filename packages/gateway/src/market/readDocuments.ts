import {
  BaseError,
  type Hex,
  hexToBytes,
  MAX_CARD_BYTES,
  MAX_TERMS_BYTES,
  type ModelCard,
  type OfferTerms,
  parseModelCard,
  parseOfferTerms,
} from '@stoa/protocol'
import { BlobTooLargeError, cidOfDigest } from '@stoa/storage'
import { blocksOf } from '../provider/blocksOf.ts'
import type { Store } from '../store/openStore.ts'

/** Milliseconds for one provider to give a document of at most 64 KiB. */
const TIMEOUT_MS = 5_000
/** Documents that one provider is asked for at a time: a thousand at once would all be late. */
const AT_ONCE = 16

/**
 * Reads what the ledger has the SHA-256 of: kept from earlier, or from the first of the providers that has it. The bytes are verified against the
 * digest, whoever sent them. Throws what the last provider's failure was.
 */
export type DocumentReader = {
  /** Throws `InvalidCardError`. */
  card(digest: Hex, endpoints: readonly string[]): Promise<ModelCard>
  /** What an offer promises besides. Throws `InvalidTermsError`. */
  terms(digest: Hex, endpoints: readonly string[]): Promise<OfferTerms>
}

export function documentReader({ db }: Pick<Store, 'db'>): DocumentReader {
  // Cards were first.
  const select = db.prepare('SELECT bytes FROM cards WHERE digest = ?')
  const insert = db.prepare('INSERT OR IGNORE INTO cards VALUES (?, ?)')
  const sources = new Map<string, Source>()
  const sourceAt = (url: string) => {
    const source = sources.get(url) ?? openSource(url)
    sources.set(url, source)
    return source
  }
  const reading = <T>(parse: (bytes: Uint8Array) => T, mostBytes: number) => {
    const known = new Map<Hex, T>()
    return async (digest: Hex, endpoints: readonly string[]): Promise<T> => {
      const found = known.get(digest)
      if (found) return found
      const key = hexToBytes(digest, 32)
      const kept = select.get(key)?.bytes
      const bytes =
        kept instanceof Uint8Array ? kept : await fetchDocument(cidOfDigest(key), endpoints.map(sourceAt), mostBytes)
      const parsed = parse(bytes)
      if (bytes !== kept) insert.run(key, bytes)
      known.set(digest, parsed)
      return parsed
    }
  }
  return { card: reading(parseModelCard, MAX_CARD_BYTES), terms: reading(parseOfferTerms, MAX_TERMS_BYTES) }
}

async function fetchDocument(cid: string, sources: readonly Source[], mostBytes: number): Promise<Uint8Array> {
  let failure: unknown = new BaseError(`No provider is known that has the document ${cid}.`, { code: 'UNKNOWN_BLOB' })
  for (const source of sources) {
    try {
      const bytes = await source(cid)
      if (bytes.length > mostBytes) throw new BlobTooLargeError(mostBytes)
      return bytes
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** Gives a document's bytes. */
type Source = (cid: string) => Promise<Uint8Array>

/** One provider, asked for a few documents at a time. Where one is not answered in its time, whatever waited behind it fails with it: a thousand would take that time again and again. */
function openSource(url: string): Source {
  const blocks = blocksOf(url, { timeoutMs: TIMEOUT_MS })
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
        new BaseError(`${url} did not give a document within ${TIMEOUT_MS} ms.`, {
          code: 'SOURCE_SILENT',
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
      if (performance.now() - began > TIMEOUT_MS - 100) giveUp()
      throw error
    } finally {
      const next = waiting.shift()
      if (next) next.resolve()
      else asked--
    }
  }
}
