import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  bytesToHex,
  chargedUnits,
  chargeFor,
  decodeTensors,
  decodeVoucherHeader,
  domainSeparator,
  encodeReceiptHeader,
  encodeTensors,
  type Hex,
  type Offer,
  RECEIPT_HEADER,
  type Receipt,
  receiptDigest,
  type SignedVoucher,
  type Tensor,
  tensorOf,
  tensorsDigest,
  unitsOfRequest,
  VOUCHER_HEADER,
  voucherDigest,
  WIRE_CODES,
  type WireCode,
} from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'
import { memoryBlobStore } from '@stoa/storage'

/**
 * What a provider of a test does with a call, beyond answering it. A real node does none of it, so this speaks the protocol of
 * specs/node-http.md by itself: what it says is signed and consistent but for the one lie.
 */
export type Behaviour = {
  /** Changes the receipt before it is signed. */
  lie?: (receipt: Receipt) => Partial<Receipt>
  /** Signs with this key instead. */
  signWith?: Uint8Array
  /** Answers these tensors. */
  answer?: (request: Tensor[]) => Tensor[]
  /** Sends these tensors in place of those that it signed for. */
  send?: Tensor[]
  /** Takes the connection over: hang, cut off, babble. Nothing is charged before. */
  instead?: (response: ServerResponse, request: IncomingMessage) => void
  /** The same after the answer was computed, stored and charged. */
  afterwards?: (response: ServerResponse, answer: { header: string; body: Uint8Array }) => void
  /** Gives stored answers to nobody, and keeps whoever asks waiting. */
  withhold?: boolean
  /** Refuses with this code. */
  refuse?: WireCode
  /** Leaves the receipt out, or sends this for one. */
  receiptHeader?: string | null
}

export type TestProvider = Awaited<ReturnType<typeof startTestProvider>>

export type StartTestProviderParameters = {
  secp256k1: Secp256k1
  deployment: { chainId: number; escrow: Hex; providerRegistry: Hex }
  signerKey: Uint8Array
}

type Sold = { offer: Offer; weights: Hex }

export async function startTestProvider({ secp256k1, deployment, signerKey }: StartTestProviderParameters) {
  const { chainId, escrow, providerRegistry } = deployment
  const receipts = domainSeparator({ chainId, verifyingContract: providerRegistry })
  const vouchers = domainSeparator({ chainId, verifyingContract: escrow })
  const blobs = memoryBlobStore()
  const sold = new Map<Hex, Sold>()
  const charged = new Map<string, bigint>()
  const answers = new Map<Hex, { header: string; body: Uint8Array }>()
  const seen: SignedVoucher[] = []
  const state: { behaviour: Behaviour } = { behaviour: {} }

  const answerOf = (voucher: SignedVoucher, body: Uint8Array) => {
    const { lie, signWith = signerKey, answer = embeddingsOf, send } = state.behaviour
    const terms = sold.get(voucher.offerId)
    if (!terms) throw new Error('not sold here')
    const request = decodeTensors(body)
    const response = answer(request)
    const units = chargedUnits(unitsOfRequest(terms.offer.unit, request), response)
    const charge = chargeFor(units, terms.offer.price)
    const lane = `${voucher.payer}:${voucher.offerId}:${voucher.lane}`
    const chargedCumulative = (charged.get(lane) ?? 0n) + charge
    charged.set(lane, chargedCumulative)
    const now = Math.floor(Date.now() / 1000)
    const honest: Receipt = {
      ...{ version: 1, offerId: voucher.offerId, payer: voucher.payer, lane: voucher.lane },
      voucherCumulative: voucher.maxCumulative,
      ...{
        weightsDigest: terms.weights,
        requestDigest: tensorsDigest(request),
        responseDigest: tensorsDigest(response),
      },
      ...{ units, charge, chargedCumulative, requestedAt: now, answeredAt: now },
    }
    const receipt = { ...honest, ...lie?.(honest) }
    const signature = secp256k1.sign(receiptDigest(receipts, receipt), signWith)
    const stored = { header: encodeReceiptHeader({ ...receipt, signature }), body: encodeTensors(send ?? response) }
    answers.set(bytesToHex(voucherDigest(vouchers, voucher)), stored)
    return stored
  }

  const infer = async (request: IncomingMessage, response: ServerResponse) => {
    const voucher = decodeVoucherHeader(String(request.headers[VOUCHER_HEADER]))
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    seen.push(voucher)
    const { instead, refuse, afterwards } = state.behaviour
    if (refuse) return refuseWith(response, refuse)
    if (instead) return instead(response, request)
    const digest = bytesToHex(voucherDigest(vouchers, voucher))
    const answer = answers.get(digest) ?? answerOf(voucher, Buffer.concat(pieces))
    if (afterwards) return afterwards(response, answer)
    sendAnswer(response, answer)
  }
  const sendAnswer = (response: ServerResponse, { header, body }: { header: string; body: Uint8Array }) => {
    const { receiptHeader = header } = state.behaviour
    response.writeHead(200, receiptHeader === null ? {} : { [RECEIPT_HEADER]: receiptHeader }).end(body)
  }

  const server = createServer((request, response) => {
    const [, , resource = '', id = ''] = (request.url ?? '').split('/')
    if (resource === 'infer') void infer(request, response)
    else if (resource === 'blocks')
      blobs.block(id).then(
        (block) => response.end(block),
        () => refuseWith(response, 'UNKNOWN_BLOB'),
      )
    else if (!state.behaviour.withhold) {
      const answer = answers.get(id as Hex)
      if (answer) sendAnswer(response, answer)
      else refuseWith(response, 'UNKNOWN_ANSWER')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** Every voucher that came, in order. */
    seen,
    behave(behaviour: Behaviour) {
      state.behaviour = behaviour
    },
    /** Forgets what it charged and answered, as a seller that lost its store. */
    forget() {
      charged.clear()
      answers.clear()
    },
    sell: (offerId: Hex, terms: Sold) => sold.set(offerId, terms),
    hold: (bytes: Uint8Array) => blobs.put(bytes),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refuseWith(response: ServerResponse, code: WireCode): void {
  const { status, retry } = WIRE_CODES[code]
  const error = { code, message: `Refused: ${code}.`, hint: 'Do otherwise.', retry }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}

/** An answer of the task `embedding`: other texts, other numbers. */
export function embeddingsOf(request: Tensor[]): Tensor[] {
  const [ids, offsets] = request
  const count = (offsets?.dims[0] ?? 1) - 1
  const seed = ids?.data.reduce((sum, byte) => (sum * 31 + byte) % 9973, 7) ?? 0
  const rows = Float32Array.from({ length: count * 512 }, (_, i) => Math.sin(seed + i))
  return [tensorOf('embedding', 'f32', [count, 512], rows)]
}

/** A key that the ledger does not know. */
export function strangersKey(): Uint8Array {
  return randomBytes(32)
}
