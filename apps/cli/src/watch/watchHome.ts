import { join } from 'node:path'
import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import type { Hex } from '@stoa/protocol'
import { formatAmount } from '@stoa/protocol'
import { deposit, getAccount, getArbiterTerms, getBalances } from '@stoa/sdk'
import { parseEther, zeroAddress } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { CommandError } from '../errors.ts'
import { readClient, writeClient } from '../home/clients.ts'
import type { Config } from '../home/config.ts'
import { type Home, openHome } from '../home/home.ts'
import { roleKey, roleKeyBytes } from '../home/keys.ts'

/** What a watcher pays and disputes with. */
export type WatchAccounts = { home: Home; payer: Hex; sessionKey: Uint8Array; disputeKey: Hex }

const LOCAL_CHAIN_ID = 31_337
/** Coin for the gas of many games. */
const COIN = parseEther('1')

/**
 * The watcher's accounts: its own, so that nobody can tell it from any other customer, in a home within the home. Sees to it that the payer has `budget` wei on deposit
 * and the dispute account a bond; on a local chain the faucet pays. Throws `CommandError` that says who needs what.
 */
export async function openWatchHome(home: Home, config: Config, budget: bigint): Promise<WatchAccounts> {
  const own = await openHome(join(home.folder, 'watch'))
  const [payerKey, session, disputeKey] = [
    await roleKey(own, 'payer'),
    await roleKey(own, 'session'),
    await roleKey(own, 'disputer'),
  ]
  const [payer, disputer] = [payerKey, disputeKey].map(privateKeyToAddress) as [Hex, Hex]
  const { deployment } = config
  const client = readClient(config)
  const { bond } = await getArbiterTerms(client, { deployment })
  const { key, balance } = await getAccount(client, { deployment, payer })
  const missing = budget > balance ? budget - balance : 0n
  await want(config, payer, missing)
  await want(config, disputer, bond)
  if (missing > 0n || key === zeroAddress) {
    const registered = key !== zeroAddress
    await deposit(writeClient(config, payerKey), {
      deployment,
      amount: missing > 0n ? missing : 1n,
      ...(!registered && { key: privateKeyToAddress(session) }),
    })
  }
  return { home: own, payer, sessionKey: await roleKeyBytes(own, 'session'), disputeKey }
}

/** Sees to it that an account holds coin for gas, and so much of the token. */
async function want(config: Config, account: Hex, wei: bigint): Promise<void> {
  const { deployment, token } = config
  const { native, token: held } = await getBalances(readClient(config), { deployment, account })
  const short = wei > held ? wei - held : 0n
  if (native >= COIN / 10n && short === 0n) return
  if (deployment.chainId !== LOCAL_CHAIN_ID)
    throw new CommandError(`The watcher's account ${account} needs coin for gas and ${formatAmount(wei, token)}.`, {
      ...{ code: 'WATCH_FUNDS', retry: true },
      hint: `It holds ${native} wei of coin and ${formatAmount(held, token)}. Send it what is missing, and start again.`,
    })
  const faucet = writeClient(config, DEVELOPMENT_KEYS[0])
  await fundAccount(faucet, { deployment, to: account, wei: native >= COIN / 10n ? 0n : COIN, usd: short })
}
