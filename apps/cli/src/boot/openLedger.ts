import { DEVELOPMENT_KEYS, deployStoa, fundAccount, type RunningChain, startChain } from '@stoa/localnet'
import { getBalances } from '@stoa/sdk'
import { parseEther } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { getBalance } from 'viem/actions'
import { type Ledger, type WriteClient, writeClient } from '../home/clients.ts'
import type { Config } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { type Role, roleKey } from '../home/keys.ts'

export type LocalLedger = Ledger & {
  rpcUrl: string
  chain: RunningChain
  faucet: WriteClient
  deployment: Config['deployment']
}

/** Starts the local chain where it was left, and sees to it that Stoa's contracts are on it. */
export async function openLedger(home: Home, port: number): Promise<LocalLedger> {
  const chain = await startChain({ folder: home.chain, port })
  const [faucetKey] = DEVELOPMENT_KEYS
  const faucet = writeClient({ rpcUrl: chain.rpcUrl, deployment: { chainId: chain.chainId } }, faucetKey)
  const deployment = await deployStoa(faucet)
  return { chain, rpcUrl: chain.rpcUrl, faucet, deployment }
}

/** Roles that pay gas, and how much of the test token each starts with, in wei. */
const FUNDS: readonly (readonly [Role, bigint])[] = [
  ['owner', 0n],
  ['provider', 1_000_000_000n],
  ['settlement', 0n],
  ['signer', 0n],
  ['payer', 1_000_000_000n],
  // Ten bonds.
  ['disputer', 20_000_000n],
]

/** What the chain's well-known second account starts with, so that any x402 client can buy at once. */
const VISITOR_USD = 100_000_000n

/** Gives each new role Ether for gas, and test money to the seller for its stake, to the buyer for its deposit, and to the development account. */
export async function fundRoles(home: Home, ledger: LocalLedger): Promise<void> {
  const { faucet, deployment } = ledger
  for (const [role, usd] of FUNDS) {
    const { address } = writeClient(ledger, await roleKey(home, role)).account
    const balance = await getBalance(faucet, { address })
    if (balance < parseEther('1')) await fundAccount(faucet, { deployment, to: address, wei: parseEther('10'), usd })
  }
  const visitor = privateKeyToAddress(DEVELOPMENT_KEYS[1])
  const { token } = await getBalances(faucet, { deployment, account: visitor })
  if (token === 0n) await fundAccount(faucet, { deployment, to: visitor, usd: VISITOR_USD })
}
