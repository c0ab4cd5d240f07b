import {
  erc20Abi,
  escrowAbi,
  graphArbiterAbi,
  modelRegistryAbi,
  offerPaymentsAbi,
  providerRegistryAbi,
  revenueSinkAbi,
  smallModelsAbi,
} from '@stoa/protocol/abi'
import { createConfig } from 'ponder'
import { backends } from './backends.ts'
import { leanHttp } from './leanHttp.ts'
import type { IndexSettings } from './settings.ts'

/** A contract that was not deployed: no event ever comes from here. */
const NOWHERE = '0x0000000000000000000000000000000000000000'

/** A development chain may be another one tomorrow under the same id: nothing of it is kept outside of the tables. */
const LOCAL_CHAIN = 31_337

/** Which contracts are read on which chain, and where the tables are. */
export function indexConfig({ rpcUrl, deployment, fromBlock, pollingInterval, database }: IndexSettings) {
  const { chainId, token, modelRegistry, providerRegistry, escrow, revenueSink } = deployment
  const { arbiter = NOWHERE, offerPayments = NOWHERE, smallModels = NOWHERE } = deployment
  const where = { chain: 'chain', startBlock: fromBlock } as const
  // Other transfers of the token are no business of Stoa's, and on a real network there are millions.
  const parties = [escrow, providerRegistry, revenueSink, ...(deployment.arbiter ? [deployment.arbiter] : [])]
  return createConfig({
    ordering: 'omnichain',
    database:
      database.kind === 'pglite'
        ? { kind: 'pglite', directory: database.folder }
        : { kind: 'postgres', connectionString: database.url },
    chains: {
      chain: {
        id: chainId,
        rpc: backends(rpcUrl, leanHttp(rpcUrl, escrow)),
        pollingInterval,
        disableCache: chainId === LOCAL_CHAIN,
      },
    },
    contracts: {
      modelRegistry: { ...where, abi: modelRegistryAbi, address: modelRegistry },
      providerRegistry: { ...where, abi: providerRegistryAbi, address: providerRegistry },
      escrow: { ...where, abi: escrowAbi, address: escrow },
      revenueSink: { ...where, abi: revenueSinkAbi, address: revenueSink },
      offerPayments: { ...where, abi: offerPaymentsAbi, address: offerPayments },
      arbiter: { ...where, abi: graphArbiterAbi, address: arbiter },
      smallModels: { ...where, abi: smallModelsAbi, address: smallModels },
      // Two, because of several filters for one event only the last counts. What goes from one party to another comes twice.
      tokenOut: { ...where, abi: erc20Abi, address: token, filter: { event: 'Transfer', args: { from: parties } } },
      tokenIn: { ...where, abi: erc20Abi, address: token, filter: { event: 'Transfer', args: { to: parties } } },
    },
  })
}

export type IndexConfig = ReturnType<typeof indexConfig>
