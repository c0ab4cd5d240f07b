import { openPlayerInProcess } from '@stoa/engine/dispute'
import { bytesToHex } from '@stoa/protocol'
import { createChainClient, type Endpoints, openSender, type ReadClient } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { createGasWatch } from '../chain/gasWatch.ts'
import type { NodeLogger } from '../events.ts'
import type { NodeParameters, NodeSettings } from '../parameters.ts'
import type { NodeStore } from '../store/openStore.ts'
import { createDisputes, type Disputes } from './createDisputes.ts'
import { judgedAnswers } from './judgedAnswers.ts'
import { createPlayerPool } from './playerPool.ts'

/** Gas of a seller's moves in one long game, with half as much again for replacements (specs/dispute.md; benchmarks measured 1.04 million). */
const GAME_GAS = 1_500_000n
/** Players that are kept: each holds a model and a part of a run. */
const MOST_PLAYERS = 3
/** Milliseconds for opening a player or one of its answers. A decoder of 100M weights takes two minutes. */
const PLAYER_MS = 900_000

export type OpenDisputesParameters = {
  client: ReadClient
  rpc: Endpoints
  store: NodeStore
  settings: NodeSettings
  logger: NodeLogger
  /** Where weights are kept as files. */
  folder: string
}

/** Starts watching for disputes about this provider's answers. Moves are sent from the receipt key, which nothing else sends from. */
export function openDisputes(
  { deployment, provider, blobs, signerKey, fromBlock = 0n }: NodeParameters,
  { client, rpc: rpcUrl, store, settings, logger, folder }: OpenDisputesParameters,
): Disputes {
  const { chainId } = deployment
  const account = privateKeyToAccount(bytesToHex(signerKey))
  return createDisputes({
    ...{ client, deployment, provider, logger, fromBlock, games: store.games },
    gas: createGasWatch({ client, account: account.address, gas: GAME_GAS, purpose: 'plays disputes', logger }),
    sender: openSender(createChainClient({ rpcUrl, chainId, account }), { chainId }),
    players: createPlayerPool({ open: openPlayerInProcess, most: MOST_PLAYERS, timeoutMs: PLAYER_MS }),
    findAnswer: judgedAnswers({ client, deployment, provider, store, blobs, folder }),
    pollSeconds: settings.disputePollSeconds,
  })
}
