import type { Address, Hex } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { decodeFunctionData } from 'viem'
import { getTransaction, getTransactionReceipt } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import { translated } from '../../errors/translateError.ts'

/** A transaction of a game as it was sent. */
export type PlayedMove = {
  transaction: Hex
  from: Address
  gasUsed: bigint
  /** The contract's function and what it was called with; undefined where something else called the contract. */
  call: { name: string; args: readonly unknown[] } | undefined
}

/** Reads what was sent in transactions of a game (`PlayedGame.transactions`), and what each cost. */
export async function readMoves(
  client: ReadClient,
  { transactions }: { transactions: readonly Hex[] },
): Promise<PlayedMove[]> {
  return Promise.all(
    transactions.map(async (hash) => {
      const [{ from, input }, { gasUsed }] = await translated(
        Promise.all([getTransaction(client, { hash }), getTransactionReceipt(client, { hash })]),
      )
      return { transaction: hash, from, gasUsed, call: callOf(input) }
    }),
  )
}

function callOf(data: Hex): PlayedMove['call'] {
  try {
    const { functionName: name, args = [] } = decodeFunctionData({ abi: graphArbiterAbi, data })
    return { name, args }
  } catch {
    return undefined
  }
}
