import type { Account, Chain, Client, HttpTransport } from 'viem'
import { createClient, defineChain, http } from 'viem'

export type CreateChainClientParameters<account extends Account | undefined = undefined> = {
  rpcUrl: string
  chainId: number
  /** Account that signs transactions; none for a client that only reads. */
  account?: account
  /** Milliseconds after which a request is given up; 10,000. */
  timeout?: number
  /** Milliseconds between looks at the chain while waiting; 1,000. */
  pollingInterval?: number
}

export type CreateChainClientReturnType<account extends Account | undefined = undefined> = Client<
  HttpTransport,
  Chain,
  account
>

/**
 * A viem client for a chain known by URL and id alone. Any other viem client does as well; this one saves servers the chain
 * definition.
 *
 * @example
 * const client = createChainClient({ rpcUrl: 'http://127.0.0.1:8545', chainId: 31337 })
 * const model = await getModel(client, { deployment, modelId: 1n })
 */
export function createChainClient<account extends Account | undefined = undefined>(
  parameters: CreateChainClientParameters<account>,
): CreateChainClientReturnType<account> {
  const { rpcUrl, chainId, account, timeout = 10_000, pollingInterval = 1_000 } = parameters
  const chain = defineChain({
    id: chainId,
    name: `eip155:${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const transport = http(rpcUrl, { timeout })
  // viem's type for the account it was given depends on a type parameter here, which TypeScript leaves open.
  const client: unknown = createClient({ account, chain, pollingInterval, transport })
  return client as CreateChainClientReturnType<account>
}
