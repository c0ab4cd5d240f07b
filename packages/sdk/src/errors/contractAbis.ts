import {
  erc20Abi,
  escrowAbi,
  formulasAbi,
  graphArbiterAbi,
  graphProofsAbi,
  modelRegistryAbi,
  offerPaymentsAbi,
  providerRegistryAbi,
  revenueSinkAbi,
  smallModelsAbi,
  stoaUsdAbi,
} from '@stoa/protocol/abi'
import type { Abi } from 'viem'

/** The contracts that take part in a market, the token included: whose calls and errors there is a name for. */
export const CONTRACT_ABIS: readonly Abi[] = [
  ...[modelRegistryAbi, providerRegistryAbi, escrowAbi, revenueSinkAbi, offerPaymentsAbi],
  ...[graphArbiterAbi, graphProofsAbi, formulasAbi, smallModelsAbi],
  ...[stoaUsdAbi, erc20Abi],
]
