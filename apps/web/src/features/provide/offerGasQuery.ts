import { type Address, PROOF_KINDS } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { type Deployment, getModel } from '@stoa/sdk'
import { queryOptions } from '@tanstack/react-query'
import { encodeFunctionData, zeroAddress, zeroHash } from 'viem'
import { estimateGas, getGasPrice } from 'viem/actions'
import { chainClient } from '../../data/chain.ts'

type OfferGasParameters = {
  deployment: Deployment
  provider: Address
  payee: Address
  modelId: bigint
  /** Whether the card states a profile that the deployment's judge may know. */
  isExact: boolean
}

/** Any digest: gas does not depend on which. */
const DIGEST = `0x${'11'.repeat(32)}` as const

/** What an offer of a model would take now, by rehearsing one like it. An exact one names its judge and the profile that is judged by: two slots more. */
export function offerGasQuery({ deployment, provider, payee, modelId, isExact }: OfferGasParameters) {
  return queryOptions({
    queryKey: ['ledger', 'gas', 'offer', String(modelId), isExact],
    async queryFn() {
      const client = chainClient(deployment.chainId)
      const { ownerSharePpm, activeVersion: modelVersion } = await getModel(client, { deployment, modelId })
      const { escrow, revenueSink: sink, providerRegistry: to, arbiter } = deployment
      const judged = isExact && arbiter
      const offer = {
        ...{ provider, payee, modelId, modelVersion, unit: 0, price: 1_000_000n, ownerSharePpm },
        ...{ proofKind: PROOF_KINDS.indexOf(judged ? 'exact' : 'attested') },
        ...{ arbiter: judged || zeroAddress, profile: judged ? DIGEST : zeroHash },
        ...{ escrow, sink, exposure: 1n, slashCap: 1n, terms: zeroHash, salt: DIGEST },
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
