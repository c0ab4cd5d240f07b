import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { BaseError } from '../errors.ts'
import { type Hex, hexToBytes } from '../hex.ts'
import { fromBase64Url, toBase64Url } from '../wire/bytes.ts'

/** With a request the encapsulated key, with an answer `1` (specs/sealed.md). */
export const SEALED_HEADER = 'stoa-sealed'
export const SEALED_MEDIA_TYPE = 'application/vnd.stoa.sealed'

/** What came does not open. */
export class SealBrokenError extends BaseError {
  override name = 'SealBrokenError'
  constructor(cause?: unknown) {
    super('What is sealed here does not open.', {
      code: 'SEAL_BROKEN',
      hint: 'Seal it to the provider’s present key on the ledger, for this voucher and path (specs/sealed.md).',
      cause,
    })
  }
}

/** What a sealed answer holds: the receipt as its header has it, and the encoded tensors. */
export type SealedAnswer = { receiptHeader: string; body: Uint8Array }

/** What the sealed bytes are bound to. */
export type SealContext = { method: string; path: string /** The header `stoa-voucher`. */; voucher: string }

const INFO = ascii('stoa sealed 1')
const ANSWER = ascii('stoa sealed answer')
const ENC_BYTES = 32
const NONCE_BYTES = 12
const KEY_BYTES = 16

const suiteOf = () =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() })

/**
 * The buyer's side of one call: seals the body, if there is one, to the key that the ledger has for the provider.
 *
 * @param to X25519 public key, 32 bytes.
 */
export async function sealRequest(to: Hex, context: SealContext, body?: Uint8Array) {
  const suite = suiteOf()
  const recipientPublicKey = await suite.kem.deserializePublicKey(plain(hexToBytes(to, 32)))
  const sender = await suite.createSenderContext({ recipientPublicKey, info: INFO })
  const aad = aadOf(context)
  const sealed = body && new Uint8Array(await sender.seal(plain(body), aad))
  return {
    header: toBase64Url(new Uint8Array(sender.enc)),
    body: sealed,
    /** Throws `SealBrokenError` for what only somebody else can have sent. */
    async openAnswer(answer: Uint8Array): Promise<SealedAnswer> {
      const key = await answerKey(sender, 'decrypt')
      const nonce = plain(answer.subarray(0, NONCE_BYTES))
      const opened = await crypto.subtle
        .decrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, key, plain(answer.subarray(NONCE_BYTES)))
        .catch((cause: unknown) => {
          throw new SealBrokenError(cause)
        })
      return unframed(new Uint8Array(opened))
    },
  }
}

/**
 * The seller's side of one call, begun by the request's header. Throws `SealBrokenError`.
 *
 * @param key X25519 private key, 32 bytes.
 */
export async function openSeal(key: Uint8Array, header: string, context: SealContext) {
  const aad = aadOf(context)
  const recipient = await receive(key, header)
  return {
    async openRequest(body: Uint8Array): Promise<Uint8Array> {
      try {
        return new Uint8Array(await recipient.open(plain(body), aad))
      } catch (cause) {
        throw new SealBrokenError(cause)
      }
    },
    async sealAnswer(answer: SealedAnswer): Promise<Uint8Array<ArrayBuffer>> {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const answering = await answerKey(recipient, 'encrypt')
      const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: aad }
      const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, answering, framed(answer)))
      const all = new Uint8Array(nonce.length + sealed.length)
      all.set(nonce)
      all.set(sealed, nonce.length)
      return all
    },
  }
}

async function receive(key: Uint8Array, header: string) {
  const suite = suiteOf()
  try {
    const enc = fromBase64Url(SEALED_HEADER, header)
    if (enc.length !== ENC_BYTES) throw new RangeError(`the encapsulated key has ${enc.length} bytes`)
    const recipientKey = await suite.kem.deserializePrivateKey(plain(key))
    return await suite.createRecipientContext({ recipientKey, enc: plain(enc), info: INFO })
  } catch (cause) {
    throw new SealBrokenError(cause)
  }
}

type Exporter = { export(context: ArrayBuffer, length: number): Promise<ArrayBuffer> }

async function answerKey(context: Exporter, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const key = await context.export(ANSWER.buffer, KEY_BYTES)
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, [use])
}

function framed({ receiptHeader, body }: SealedAnswer): Uint8Array<ArrayBuffer> {
  const header = ascii(receiptHeader)
  const all = new Uint8Array(2 + header.length + body.length)
  new DataView(all.buffer).setUint16(0, header.length)
  all.set(header, 2)
  all.set(body, 2 + header.length)
  return all
}

function unframed(bytes: Uint8Array): SealedAnswer {
  const length = bytes.length < 2 ? Number.POSITIVE_INFINITY : new DataView(bytes.buffer).getUint16(0)
  if (bytes.length < 2 + length) throw new SealBrokenError()
  return { receiptHeader: new TextDecoder().decode(bytes.subarray(2, 2 + length)), body: bytes.slice(2 + length) }
}

const aadOf = ({ method, path, voucher }: SealContext) => ascii(`${method} ${path}\n${voucher}`)

function ascii(text: string): Uint8Array<ArrayBuffer> {
  return plain(new TextEncoder().encode(text))
}

/** Of its own buffer and no more: WebCrypto takes no views of shared ones. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
