import type { Hex } from '@stoa/protocol'
import {
  erc20Abi,
  escrowAbi,
  graphArbiterAbi,
  modelRegistryAbi,
  offerPaymentsAbi,
  providerRegistryAbi,
  revenueSinkAbi,
  smallModelsAbi,
  stoaUsdAbi,
} from '@stoa/protocol/abi'
import { type Abi, toFunctionSelector } from 'viem'

const ABIS: readonly Abi[] = [
  ...[escrowAbi, graphArbiterAbi, modelRegistryAbi, providerRegistryAbi, revenueSinkAbi],
  ...[offerPaymentsAbi, smallModelsAbi, stoaUsdAbi, erc20Abi],
]

/** The function that calldata names, where it is one of Stoa's; else its selector. */
export function callName(input: Hex): string {
  if (input === '0x') return 'a plain transfer'
  const selector = input.slice(0, 10)
  for (const abi of ABIS) {
    for (const item of abi) if (item.type === 'function' && toFunctionSelector(item) === selector) return item.name
  }
  return selector
}
