import { setTimeout as sleep } from 'node:timers/promises'
import { decodeReceiptHeader, type Hex, RECEIPT_HEADER, type Tensor, tensorsDigest, tensorToJson } from '@stoa/protocol'
import type { Deployment, WriteClient } from '@stoa/sdk'
import { decodePaymentResponseHeader } from '@x402/core/http'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { x402Client, x402HTTPClient } from '@x402/fetch'
import type { LocalAccount } from 'viem'

/** A call paid by signed transfer, as its buyer saw it. */
export type DirectCall = {
  /** Digest of the request, another for each call. */
  request: string
  nonce: string
  /** Wei. */
  amount: bigint
  /** `open`: nobody said what became of it. */
  outcome: 'answered' | 'refused' | 'open'
  right: boolean
  /** Why it was refused. */
  why?: string
  /** Has the same payment and request sent again, until somebody says what became of it. */
  ask(): Promise<void>
}

export type DirectBuyer = ReturnType<typeof createDirectBuyer>

/** Milliseconds after which an answer is given up, and asked for again with the same payment. */
const PATIENCE_MS = 10_000
/** Times that a call is sent while callers come and go; one without an outcome by then is asked for at the end. */
const TRIES = 8

/** Whoever has dollars and a stock x402 client, and nothing of ours. It pays by `exact`, and never twice for one call. */
export function createDirectBuyer(payer: WriteClient, { chainId, token }: Deployment, model: string) {
  const network = `eip155:${chainId}` as const
  const stock = new x402HTTPClient(
    new x402Client()
      .register(network, new ExactEvmScheme(payer.account as LocalAccount))
      .setSpendControls({ allowedAssets: [{ network, asset: token }] }),
  )
  const send = (url: string, body: string, headers: Record<string, string>) =>
    fetch(`${url}/v2/models/${encodeURIComponent(model)}/infer`, {
      ...{ method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })

  return {
    payer: payer.account.address,
    /** Buys one answer over a line; undefined where it could not be told what the call costs, so that nothing was signed. */
    async buy(url: string, x: Tensor, right: (y: readonly number[]) => boolean): Promise<DirectCall | undefined> {
      const body = JSON.stringify({ inputs: [tensorToJson(x)] })
      const paid = await sign(url, body)
      if (!paid) return undefined
      const call: DirectCall = {
        ...{ request: tensorsDigest([x]).toLowerCase(), nonce: paid.nonce.toLowerCase(), amount: paid.amount },
        ...{ outcome: 'open', right: false },
        ask: () => ask(TRIES),
      }
      const ask = async (tries: number) => {
        for (let tried = 0; tried < tries; tried++) {
          if (tried > 0) await sleep(250)
          try {
            const response = await send(url, body, paid.headers)
            const told = await response.json()
            if (response.ok) {
              const { receipt: header, settled } = headersOf(response)
              const receipt = decodeReceiptHeader(header)
              const isIts =
                receipt.requestDigest.toLowerCase() === call.request &&
                receipt.charge === paid.amount &&
                settled.success &&
                BigInt(told.parameters.cost_wei) === paid.amount
              call.outcome = 'answered'
              call.right = isIts && right(told.outputs[0].data)
              return
            }
            if (response.status === 402) {
              call.outcome = 'refused'
              call.why = told.error.message
              return
            }
          } catch {
            // The line broke, or nobody is there: the same payment is sent again.
          }
        }
      }
      await ask(TRIES)
      return call
    },
  }

  /** Asks what the call costs, and signs a transfer of it. */
  async function sign(url: string, body: string) {
    try {
      const unpaid = await send(url, body, {})
      const told = await unpaid.json()
      if (unpaid.status !== 402) return undefined
      const terms = stock.getPaymentRequiredResponse((name) => unpaid.headers.get(name), told)
      const payload = await stock.createPaymentPayload(terms)
      const { authorization } = payload.payload as { authorization: { nonce: Hex; value: string } }
      const headers = stock.encodePaymentSignatureHeader(payload)
      return { headers, nonce: authorization.nonce, amount: BigInt(authorization.value) }
    } catch {
      return undefined
    }
  }
}

function headersOf({ headers }: Response) {
  return {
    receipt: headers.get(RECEIPT_HEADER) ?? '',
    settled: decodePaymentResponseHeader(headers.get('payment-response') ?? ''),
  }
}
