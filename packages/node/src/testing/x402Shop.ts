import { smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { type Hex, type Offer, tensorOf, tensorToJson } from '@stoa/protocol'
import { getBalances, getOfferAccount, getRevenue, type WriteClient } from '@stoa/sdk'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { wrapFetchWithPayment, x402Client, x402HTTPClient } from '@x402/fetch'
import type { LocalAccount } from 'viem'
import { openShop } from './shop.ts'

/** Wei that one call costs here. */
export const PRICE = 100n

/** A shop that sells a small network by the call, and stock x402 clients to buy from it. */
export async function openX402Shop() {
  const shop = await openShop()
  const { market } = shop
  const { deployment } = market
  const graph = smallNet()
  const card = { name: 'small/graph', task: 'graph', profile: 'exact/1' } as const
  const { modelId } = await market.publish({ 'model.onnx': graph.bytes }, { card })
  const inputs = smallNetInputs(1, 8)
  const tensors = graph.model.inputs.map(({ name }) => {
    const value = inputs.get(name)
    if (value?.type !== 'u8') throw new TypeError('the small net takes bytes')
    return tensorOf(name, 'u8', value.dims, value.data)
  })
  /** The Open Inference Protocol's body; another for another `id`. */
  const bodyOf = (id = '1') => JSON.stringify({ id, inputs: tensors.map(tensorToJson) })

  return {
    ...shop,
    tensors,
    bodyOf,
    /** A new offer of the network by the call, for `PRICE` wei. */
    offer: (terms: Partial<Offer> = {}) =>
      market.offer({ modelId, unit: 'call', price: PRICE * 1_000_000n, exposure: 10n ** 9n, ...terms }),
    /** `fetch` that pays by signed transfer from an account with `usd` wei, as a stock client does it, and what it last paid with. */
    async exactBuyer(usd = 10n ** 6n) {
      const payer = await market.account(usd)
      return { payer, ...stockFetch(payer) }
    },
    stockFetch,
    /** A payment for a call, as a stock client signs and encodes it. */
    async pay(url: string, body: string, payer: WriteClient) {
      const unpaid = await fetch(inferUrl(url), calling(body))
      const http = new x402HTTPClient(stockFetch(payer).client)
      const terms = http.getPaymentRequiredResponse((name) => unpaid.headers.get(name), await unpaid.json())
      const payload = await http.createPaymentPayload(terms)
      return { terms, payload, header: http.encodePaymentSignatureHeader(payload)['PAYMENT-SIGNATURE'] ?? '' }
    },
    async balanceOf({ account: { address: account } }: WriteClient) {
      return (await getBalances(market.provider, { deployment, account })).token
    },
    /** Wei that an offer has earned and that lie in its account. */
    async earned(offerId: Hex) {
      const account = await getOfferAccount(market.provider, { deployment, offerId })
      const [{ amount }, { token }] = await Promise.all([
        getRevenue(market.provider, { deployment, offerId }),
        getBalances(market.provider, { deployment, account }),
      ])
      return { revenue: amount, unswept: token }
    },
  }

  function stockFetch(payer: WriteClient) {
    const client = new x402Client()
      .register(`eip155:${deployment.chainId}`, new ExactEvmScheme(payer.account as LocalAccount))
      .setSpendControls({ allowedAssets: [{ network: `eip155:${deployment.chainId}`, asset: deployment.token }] })
    return { fetch: wrapFetchWithPayment(patientFetch, client), client }
  }
}

/** `fetch` that sends the same call with the same payment again while its outcome is not known (`PAYMENT_PENDING`). */
async function patientFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  for (;;) {
    const response = await fetch(request.clone())
    if (response.status !== 503 || !(await response.clone().text()).includes('PAYMENT_PENDING')) return response
  }
}

export type X402Shop = Awaited<ReturnType<typeof openX402Shop>>

export const inferUrl = (url: string) => `${url}/v2/models/small%2Fgraph/infer`

/** The parameters of `fetch` for a call with this body, and with this payment where there is one. */
export function calling(body: string, payment?: string): RequestInit {
  const headers = { 'content-type': 'application/json', ...(payment && { 'payment-signature': payment }) }
  return { method: 'POST', body, headers }
}
