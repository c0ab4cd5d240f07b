import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetAccountParameters = { deployment: Deployment; payer: Address }

export type GetAccountReturnType = {
  /** One of the session keys; the zero address if there is none or only others are left. */
  key: Address
  /** Free wei: neither locked nor settled. An announced withdrawal is still part of it. */
  balance: bigint
  /** Announced wei. */
  withdrawalAmount: bigint
  /** Unix second from which it can leave; 0 when nothing is announced. */
  withdrawableAt: number
}

/** Reads a payer's account; all zero for one that never deposited. */
export async function getAccount(client: ReadClient, parameters: GetAccountParameters): Promise<GetAccountReturnType> {
  const { deployment, payer } = parameters
  const query = { address: deployment.escrow, abi: escrowAbi, functionName: 'getAccount', args: [payer] } as const
  return translated(readContract(client, query))
}
