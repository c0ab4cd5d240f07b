import type { graphArbiterAbi } from '@stoa/protocol/abi'
import type { ContractEventArgsFromTopics, ContractFunctionArgs } from 'viem'

/** A game as events show it and moves bring it along (contracts/src/types/Dispute.sol). */
export type GameState = ContractEventArgsFromTopics<typeof graphArbiterAbi, 'Descended'>['state']

/** A run of chunks of a fold as the seller said it. */
export type GameFolds = ContractEventArgsFromTopics<typeof graphArbiterAbi, 'Folded'>['folds']

/** Everything that a game's players may send. */
export type GameCall =
  | 'commit'
  | 'descend'
  | 'expand'
  | 'open'
  | 'reveal'
  | 'dispute'
  | 'fold'
  | 'narrow'
  | 'proveCount'
  | 'proveHeader'
  | 'proveElement'
  | 'proveChunk'
  | 'proveResponse'
  | 'proveSilence'
  | 'dismiss'

type Args<call extends GameCall> = ContractFunctionArgs<typeof graphArbiterAbi, 'nonpayable', call>

/** What a move takes after game and state. */
export type GameCallArgs<call extends GameCall> =
  Args<call> extends readonly [unknown, unknown, ...infer rest] ? rest : never
