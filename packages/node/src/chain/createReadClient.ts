import { createChainClient, type ReadClient, type RpcUrl } from '@stoa/sdk'

/**
 * A client whose contract reads of one tick travel as one `eth_call`, and so see one block. `timeout` in milliseconds, for each endpoint. Does not
 * repeat a failed request unless told so: who waits for a call has another provider.
 */
export function createReadClient(rpcUrl: RpcUrl, chainId: number, timeout: number, retryCount = 0): ReadClient {
  const batch = { multicall: { deployless: true, batchSize: MAX_CALL_BYTES } }
  return createChainClient({ rpcUrl, chainId, timeout, retryCount, batch })
}

/** Calldata in one read; a batch that went over would be split, and see two blocks. */
const MAX_CALL_BYTES = 1_000_000
