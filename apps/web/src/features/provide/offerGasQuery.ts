import type { Address } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { type Deployment, getModel } from '@stoa/sdk'
import { queryOptions } from '@tanstack/react-query'
import { encodeFunctionData, zeroAddress, zeroHash } from 'viem'
import { estimateGas, getGasPrice } from 'viem/actions'
import { chainClient } from '../../data/chain.ts'

type OfferGasParameters = { deployment: Deployment; provider: Address; payee: Address; modelId: bigint }

/** What an offer of a model would take now, by rehearsing one that is signed only; an exact one, which names its judge, took 45,000 gas more. */
export function offerGasQuery({ deployment, provider, payee, modelId }: OfferGasParameters) {
  return queryOptions({
    queryKey: ['ledger', 'gas', 'offer', String(modelId)],
    async queryFn() {
      const client = chainClient(deployment.chainId)
      const { ownerSharePpm, activeVersion: modelVersion } = await getModel(client, { deployment, modelId })
      const { escrow, revenueSink: sink, providerRegistry: to } = deployment
      const offer = {
        ...{ provider, payee, modelId, modelVersion, unit: 0, price: 1_000_000n, ownerSharePpm, proofKind: 0 },
        ...{ arbiter: zeroAddress, profile: zeroHash, escrow, sink, exposure: 1n, slashCap: 1n },
        ...{ terms: zeroHash, salt: `0x${'11'.repeat(32)}` as const },
      }
      const data = encodeFunctionData({ abi: providerRegistryAbi, functionName: 'createOffer', args: [offer] })
      const [gas, price] = await Promise.all([
        estimateGas(client, { account: provider, to, data }),
        getGasPrice(client),
      ])
      return { gas, wei: gas * price }
    },
    staleTime: 60_000,
    retry: false,
  })
}
