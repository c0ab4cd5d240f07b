import { ExactEvmScheme } from '@x402/evm/exact/client'
import { wrapFetchWithPayment, x402Client } from '@x402/fetch'
import { privateKeyToAccount } from 'viem/accounts'

// What a web page of a stranger's has in it: the stock x402 client, and nothing of ours. Built for a browser by the test beside it.
Object.assign(globalThis, {
  async buy(url: string, key: `0x${string}`, body: string) {
    const client = new x402Client().register('eip155:*', new ExactEvmScheme(privateKeyToAccount(key)))
    client.setSpendControls({ allowedAssets: true })
    const call = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    const response = await wrapFetchWithPayment(fetch, client)(url, call)
    const told = ['payment-response', 'stoa-receipt'].map((name) => response.headers.get(name))
    return { status: response.status, body: await response.json(), told }
  },
})
