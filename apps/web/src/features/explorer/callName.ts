import type { Hex } from '@stoa/protocol'
import { CONTRACT_ABIS } from '@stoa/sdk'
import { toFunctionSelector } from 'viem'

/** The function that calldata names, where it is one of Stoa's; else its selector. */
export function callName(input: Hex): string {
  if (input === '0x') return 'a plain transfer'
  const selector = input.slice(0, 10)
  for (const item of CONTRACT_ABIS.flat())
    if (item.type === 'function' && toFunctionSelector(item) === selector) return item.name
  return selector
}
