import { type Address, PROOF_KINDS, profileOfCard } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { type Deployment, getModel, isJudged } from '@stoa/sdk'
import { queryOptions } from '@tanstack/react-query'
import { encodeFunctionData, zeroAddress, zeroHash } from 'viem'
import { estimateGas, getGasPrice } from 'viem/actions'
import { chainClient } from '../../data/chain.ts'

type OfferGasParameters = {
  deployment: Deployment
  provider: Address
  payee: Address
  modelId: bigint
  /** What says whether a contract judges its answers. */
  card: Parameters<typeof profileOfCard>[0]
}

/** What an offer of a model would take now, by rehearsing the one that will be made, in other amounts: with the judge and the model's own profile where it is exact. */
export function offerGasQuery({ deployment, provider, payee, modelId, card }: OfferGasParameters) {
  return queryOptions({
    queryKey: ['ledger', 'gas', 'offer', String(modelId)],
    async queryFn() {
      const client = chainClient(deployment.chainId)
      const { ownerSharePpm, activeVersion: modelVersion } = await getModel(client, { deployment, modelId })
      const { arbiter, escrow, revenueSink: sink, providerRegistry: to } = deployment
      const profile = profileOfCard(card)
      const judged =
        arbiter && profile && (await isJudged(client, { deployment, profile }))
          ? { proofKind: PROOF_KINDS.indexOf('exact'), arbiter, profile }
          : { proofKind: PROOF_KINDS.indexOf('attested'), arbiter: zeroAddress, profile: zeroHash }
      const offer = {
        ...{ provider, payee, modelId, modelVersion, unit: 0, price: 1_000_000n, ownerSharePpm, ...judged },
        ...{ escrow, sink, exposure: 1n, slashCap: 1n, terms: zeroHash, salt: `0x${'11'.repeat(32)}` as const },
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
