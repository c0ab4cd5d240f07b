import type { Address, Hex } from '@stoa/protocol'
import {
  checkDeployment,
  createChainClient,
  type Deployment,
  getAccount,
  getChannel,
  getEscrowTerms,
  getKeyValidUntil,
  getModel,
  getOffer,
  getProvider,
  isSignerOf,
  listSettledOffers,
  type RpcUrl,
  translateError,
} from '@stoa/sdk'
import { createIndexClient } from '@stoa/sdk/index-client'
import { erc20Abi } from 'viem'
import { readContract } from 'viem/actions'
import type { Logger } from '../logger.ts'
import { chainOffers } from './offers/chainOffers.ts'
import { indexedOffers } from './offers/indexedOffers.ts'
import { preferIndex } from './offers/preferIndex.ts'
import { rememberModels } from './rememberModels.ts'

/** What a gateway reads of the chain; it never writes. Each throws `ChainUnavailableError` or `ContractRevertError` of the SDK. */
export type Chain = ReturnType<typeof openChain>

export type OpenChainParameters = {
  rpcUrl: RpcUrl
  /** Index to read offers from while it is up. */
  indexUrl?: string | undefined
  logger: Logger
  deployment: Deployment
  payer: Address
  /** Block from which offers are looked for. */
  fromBlock: bigint
}

/** Milliseconds for one request: callers may be waiting. */
const READ_TIMEOUT_MS = 3_000

export function openChain({ rpcUrl, indexUrl, deployment, payer, fromBlock, logger }: OpenChainParameters) {
  const where = { rpcUrl, chainId: deployment.chainId, timeout: READ_TIMEOUT_MS }
  const client = createChainClient(where)
  // For what is asked of a whole market, each answer a few words long: some thirty questions travel as one.
  const many = createChainClient({ ...where, batch: { multicall: { deployless: true } } })
  const ledger = chainOffers(client, { deployment, fromBlock })
  const index = indexUrl === undefined ? undefined : createIndexClient({ url: indexUrl, timeout: READ_TIMEOUT_MS })
  const { openOffers } = index ? preferIndex(indexedOffers(index, many, deployment), ledger, logger) : ledger
  return {
    /** Offers that were not closed. */
    offers: openOffers,
    offer: (offerId: Hex) => getOffer(client, { deployment, offerId }),
    model: (modelId: bigint) => getModel(client, { deployment, modelId }),
    /** Models by their ids: remembered, and read again when something happened to them. */
    models: rememberModels(many, deployment),
    provider: (provider: Address) => getProvider(client, { deployment, provider }),
    isSignerOf: (provider: Address, signer: Address) => isSignerOf(client, { deployment, provider, signer }),
    account: () => getAccount(client, { deployment, payer }),
    /** Offers under which something of the deposit was settled. */
    settledOffers: () => listSettledOffers(client, { deployment, payer, fromBlock }),
    /** Unix second until which vouchers of this key are honoured. */
    keyValidUntil: (key: Address) => getKeyValidUntil(client, { deployment, payer, key }),
    channel: (offerId: Hex, lane: bigint) => getChannel(client, { deployment, payer, offerId, lane }),
    terms: () => getEscrowTerms(client, { deployment }),
    async tokenDecimals(): Promise<number> {
      try {
        return await readContract(client, { address: deployment.token, abi: erc20Abi, functionName: 'decimals' })
      } catch (error) {
        throw translateError(error)
      }
    },
    /** Throws `WrongChainError` or `NotDeployedError` when this is not the chain, or the contracts are not there. */
    check: () => checkDeployment(client, { deployment }),
  }
}
