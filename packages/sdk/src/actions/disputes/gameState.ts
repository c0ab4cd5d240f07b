import type { graphArbiterAbi } from '@stoa/protocol/abi'
import type { ContractEventArgsFromTopics } from 'viem'

/** A game as events show it and moves bring it along (contracts/src/types/Dispute.sol). */
export type GameState = ContractEventArgsFromTopics<typeof graphArbiterAbi, 'Descended'>['state']

/** A run of chunks of a fold as the seller said it. */
export type GameFolds = ContractEventArgsFromTopics<typeof graphArbiterAbi, 'Folded'>['folds']

/** A run of a graph that a composed answer claims; `graph` is keccak256 of its path. */
export type GameStage = ContractEventArgsFromTopics<typeof graphArbiterAbi, 'Staged'>['stage']

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
  | 'enter'
  | 'proveStep'
  | 'proveSilence'
  | 'dismiss'
