import type { Hex } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { arbiterOf } from './arbiterOf.ts'

/** What every dispute is played by. Times in seconds; `bond`, that of a receipt's first challenger, in wei of the stake token (`getBond` has the next one's). */
export type ArbiterTerms = {
  /** What offers name that are judged here. */
  profile: Hex
  /** After a receipt's `answeredAt`. */
  challengeWindow: number
  /** From a challenge to its verdict, at most. */
  longestGame: number
  /** Of each side, for all its moves. */
  clock: number
  bond: bigint
}

/** Reads the terms of the deployment's judge (specs/dispute.md). Throws `NoArbiterError` and what the chain throws. */
export async function getArbiterTerms(
  client: ReadClient,
  { deployment }: { deployment: Deployment },
): Promise<ArbiterTerms> {
  const contract = { address: arbiterOf(deployment), abi: graphArbiterAbi } as const
  const [profile, challengeWindow, longestGame, clock, bond] = await translated(
    Promise.all([
      readContract(client, { ...contract, functionName: 'PROFILE' }),
      readContract(client, { ...contract, functionName: 'challengeWindow' }),
      readContract(client, { ...contract, functionName: 'longestGame' }),
      readContract(client, { ...contract, functionName: 'clock' }),
      readContract(client, { ...contract, functionName: 'bond' }),
    ]),
  )
  return { profile, challengeWindow, longestGame, clock, bond }
}
