import type { Address, Hex } from '@stoa/protocol'
import {
  allowBondCall,
  type Call,
  createChainClient,
  type Deployment,
  getArbiterTerms,
  getBalances,
  getBond,
  getOffer,
  getPayouts,
  getStakeAtRisk,
  isJudged,
  listGames,
  listVerdicts,
  openSender,
  type RpcUrl,
  readGame,
  type SignerClient,
  translateError,
} from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock, getGasPrice } from 'viem/actions'

/** What a disputer reads and sends. Each throws what the SDK throws. */
export type DisputeChain = ReturnType<typeof openDisputeChain>

export type OpenDisputeChainParameters = {
  rpcUrl: RpcUrl
  deployment: Deployment
  /** Of the account that holds bonds and gas. */
  key: Hex
  patience: number
}

export function openDisputeChain({ rpcUrl, deployment, key, patience }: OpenDisputeChainParameters) {
  const { chainId } = deployment
  // viem's client of a local account; the SDK types what it makes by any account.
  const client = createChainClient({ rpcUrl, chainId, account: privateKeyToAccount(key) }) as SignerClient
  const account: Address = client.account.address
  const sender = openSender(client, { chainId, patience })
  return {
    account,
    deployment,
    terms: () => getArbiterTerms(client, { deployment }),
    offer: (offerId: Hex) => getOffer(client, { deployment, offerId }),
    isJudged: (profile: Hex) => isJudged(client, { deployment, profile }),
    /** The newest block: its number, and its time, which clocks are measured by. */
    async newest(): Promise<{ number: bigint; time: number }> {
      try {
        const { number, timestamp } = await getBlock(client)
        return { number, time: Number(timestamp) }
      } catch (error) {
        throw translateError(error)
      }
    },
    /** Games about a receipt that this account began, in their order. */
    async ownGames(receiptDigest: Hex, fromBlock: bigint) {
      const games = await listGames(client, { deployment, receiptDigest, fromBlock })
      return games.filter(({ challenger }) => challenger.toLowerCase() === account.toLowerCase())
    },
    game: (game: bigint, fromBlock: bigint) => readGame(client, { deployment, game, fromBlock }),
    verdicts: (receiptDigest: Hex, fromBlock: bigint) => listVerdicts(client, { deployment, receiptDigest, fromBlock }),
    payouts: (transaction: Hex) => getPayouts(client, { deployment, transaction }),
    stakeAtRisk: (offerId: Hex, receiptDigest: Hex) => getStakeAtRisk(client, { deployment, offerId, receiptDigest }),
    /** What the account holds, and what a unit of gas costs; wei. */
    async funds(): Promise<{ coin: bigint; token: bigint; gasPrice: bigint }> {
      const { native: coin, token } = await getBalances(client, { deployment, account })
      try {
        return { coin, token, gasPrice: await getGasPrice(client) }
      } catch (error) {
        throw translateError(error)
      }
    },
    /** What a challenge of a receipt takes now, wei. */
    bond: (receiptDigest: Hex) => getBond(client, { deployment, receiptDigest }),
    allowBond: (bond: bigint) => allowBondCall(client, { deployment, bond }),
    nonce: () => sender.nonce(),
    send: (call: Call) => sender.send(call),
  }
}
