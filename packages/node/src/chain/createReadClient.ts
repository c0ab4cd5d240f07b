import { type Client, createClient, defineChain, type HttpTransport, http } from 'viem'

/**
 * A client whose contract reads of one tick travel as one `eth_call`, and so see one block. `timeout` in milliseconds. Does not
 * repeat a failed request: who waits for a call has another provider.
 */
export function createReadClient(rpcUrl: string, chainId: number, timeout: number): Client<HttpTransport> {
  const chain = defineChain({
    id: chainId,
    name: `eip155:${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const batch = { multicall: { deployless: true, batchSize: MAX_CALL_BYTES } }
  return createClient({ chain, batch, transport: http(rpcUrl, { timeout, retryCount: 0 }) })
}

/** Calldata in one read; a batch that went over would be split, and see two blocks. */
const MAX_CALL_BYTES = 1_000_000
