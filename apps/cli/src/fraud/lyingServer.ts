import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  chargeFor,
  decodeTensors,
  decodeVoucherHeader,
  domainSeparator,
  encodeReceiptHeader,
  encodeTensors,
  type Hex,
  RECEIPT_HEADER,
  type Receipt,
  receiptDigest,
  type Tensor,
  tensorsDigest,
  VOUCHER_HEADER,
} from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'
import type { Deployment } from '@stoa/sdk'
import { type BlobReader, blockResponse } from '@stoa/storage'

export type LyingServerParameters = {
  deployment: Deployment
  secp256k1: Secp256k1
  /** Signs receipts. */
  key: Uint8Array
  blobs: BlobReader
  weights: Hex
  /** Wei per 1,000,000 calls. */
  price: bigint
  /** The answer that is sold for a request. */
  answer: (request: readonly Tensor[]) => Promise<Tensor[]>
}

/** Sells answers of one offer, by the call, over specs/node-http.md; as a liar's, it checks no payment. Every voucher is taken to be a lane's first. */
export async function startLyingServer(parameters: LyingServerParameters) {
  const server = createServer((request, response) => {
    respond(parameters, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function respond(parameters: LyingServerParameters, request: IncomingMessage, response: ServerResponse) {
  const [, , resource = '', id = ''] = (request.url ?? '').split('/')
  if (resource === 'blocks') {
    const block = await blockResponse(parameters.blobs, id)
    response.writeHead(block.status, Object.fromEntries(block.headers)).end(new Uint8Array(await block.arrayBuffer()))
  } else if (resource === 'infer') await infer(parameters, request, response)
  else response.writeHead(404).end()
}

async function infer(parameters: LyingServerParameters, request: IncomingMessage, response: ServerResponse) {
  const { deployment, secp256k1, key, weights, price, answer } = parameters
  const { offerId, payer, lane, maxCumulative } = decodeVoucherHeader(String(request.headers[VOUCHER_HEADER]))
  const requestedAt = Math.floor(Date.now() / 1000)
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  const asked = decodeTensors(Buffer.concat(pieces))
  const told = await answer(asked)
  const charge = chargeFor(1n, price)
  const receipt: Receipt = {
    ...{ version: 1, offerId, payer, lane, voucherCumulative: maxCumulative, weightsDigest: weights },
    ...{ requestDigest: tensorsDigest(asked), responseDigest: tensorsDigest(told) },
    ...{ units: 1n, charge, chargedCumulative: maxCumulative, requestedAt },
    answeredAt: Math.floor(Date.now() / 1000),
  }
  const { chainId, providerRegistry } = deployment
  const domain = domainSeparator({ chainId, verifyingContract: providerRegistry })
  const signature = secp256k1.sign(receiptDigest(domain, receipt), key)
  response.writeHead(200, { [RECEIPT_HEADER]: encodeReceiptHeader({ ...receipt, signature }) })
  response.end(encodeTensors(told))
}
