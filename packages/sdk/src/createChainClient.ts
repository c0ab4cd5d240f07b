import type { Account, Chain, Client, ClientConfig, Transport } from 'viem'
import { createClient, defineChain } from 'viem'
import { endpointsOf, type RpcUrl } from './rpc/rpcUrl.ts'

export type CreateChainClientParameters<account extends Account | undefined = undefined> = {
  /** One URL, or several of one chain, the preferred first. */
  rpcUrl: RpcUrl
  chainId: number
  /** Account that signs transactions; none for a client that only reads. */
  account?: account
  /** Milliseconds after which an endpoint's answer is given up; 10,000. */
  timeout?: number
  /** Times that a request is repeated when no endpoint answers; 3. */
  retryCount?: number
  /** How viem collects reads; see its `createClient`. */
  batch?: ClientConfig['batch']
  /** Milliseconds between looks at the chain while waiting; 1,000. */
  pollingInterval?: number
}

export type CreateChainClientReturnType<account extends Account | undefined = undefined> = Client<
  Transport,
  Chain,
  account
>

/**
 * A viem client for a chain known by its RPC endpoints and id alone. Any other viem client does as well; this one saves servers the chain
 * definition.
 *
 * @example
 * const client = createChainClient({ rpcUrl: 'http://127.0.0.1:8545', chainId: 31337 })
 * const model = await getModel(client, { deployment, modelId: 1n })
 */
export function createChainClient<account extends Account | undefined = undefined>(
  parameters: CreateChainClientParameters<account>,
): CreateChainClientReturnType<account> {
  const { rpcUrl, chainId, account, timeout = 10_000, retryCount = 3, pollingInterval = 1_000, batch } = parameters
  const chain = defineChain({
    id: chainId,
    name: `eip155:${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: typeof rpcUrl === 'string' ? [rpcUrl] : 'transport' in rpcUrl ? [] : [...rpcUrl] } },
  })
  const transport = endpointsOf(rpcUrl, { chainId }).transport({ timeout, retryCount })
  // viem's type for the account it was given depends on a type parameter here, which TypeScript leaves open.
  const client: unknown = createClient({ account, chain, pollingInterval, transport, ...(batch && { batch }) })
  return client as CreateChainClientReturnType<account>
}
