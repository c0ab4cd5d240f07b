import { openPlayerInWorker } from '@stoa/engine/dispute'
import { bytesToHex } from '@stoa/protocol'
import { createChainClient, openSender, type ReadClient } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import type { NodeLogger } from '../events.ts'
import type { NodeParameters, NodeSettings } from '../parameters.ts'
import type { NodeStore } from '../store/openStore.ts'
import { createDisputes, type Disputes } from './createDisputes.ts'
import { judgedAnswers } from './judgedAnswers.ts'
import { createPlayerPool } from './playerPool.ts'

/** Players that are kept: each holds a model and a part of a run. */
const MOST_PLAYERS = 3
/** Milliseconds for opening a player or one of its answers. A decoder of 100M weights takes two minutes. */
const PLAYER_MS = 900_000

export type OpenDisputesParameters = {
  client: ReadClient
  store: NodeStore
  settings: NodeSettings
  logger: NodeLogger
  /** Where weights are kept as files. */
  folder: string
}

/** Starts watching for disputes about this provider's answers. Moves are sent from the receipt key, which nothing else sends from. */
export function openDisputes(
  { deployment, provider, blobs, signerKey, rpcUrl, fromBlock = 0n }: NodeParameters,
  { client, store, settings, logger, folder }: OpenDisputesParameters,
): Disputes {
  const { chainId } = deployment
  const account = privateKeyToAccount(bytesToHex(signerKey))
  return createDisputes({
    ...{ client, deployment, provider, logger, fromBlock, account: account.address, games: store.games },
    sender: openSender(createChainClient({ rpcUrl, chainId, account }), { chainId }),
    players: createPlayerPool({ open: openPlayerInWorker, most: MOST_PLAYERS, timeoutMs: PLAYER_MS }),
    findAnswer: judgedAnswers({ client, deployment, provider, store, blobs, folder }),
    pollSeconds: settings.disputePollSeconds,
  })
}
