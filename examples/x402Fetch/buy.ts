/**
 * Buys one answer with the stock x402 client and a private key that holds dollars: no account, no deposit, no code of Stoa's.
 *
 *     node examples/x402Fetch/buy.ts <infer URL> <request.json>
 *
 * `KEY` is the payer's private key. `LOCAL=1` pays with dollars that x402 does not know, as those of a local network; on a real one name them in `allowedAssets`.
 */
import { readFile } from 'node:fs/promises'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch'
import { privateKeyToAccount } from 'viem/accounts'

const [url = '', file = ''] = process.argv.slice(2)
const client = new x402Client().register(
  'eip155:*',
  new ExactEvmScheme(privateKeyToAccount(process.env.KEY as `0x${string}`)),
)
if (process.env.LOCAL) client.setSpendControls({ allowedAssets: true })

const call = { method: 'POST', headers: { 'content-type': 'application/json' }, body: await readFile(file, 'utf8') }
const response = await wrapFetchWithPayment(fetch, client)(url, call)
if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)

const { outputs } = await response.json()
for (const { name, datatype, shape } of outputs) console.log(`${name}: ${datatype} [${shape}]`)
const { amount, transaction } = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '')
console.log(`paid ${amount} in ${transaction}`)
console.log(`receipt ${response.headers.get('stoa-receipt')}`)
