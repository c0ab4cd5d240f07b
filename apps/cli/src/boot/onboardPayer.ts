import { depositWithAuthorization, getAccount, signDepositAuthorization } from '@stoa/sdk'
import { zeroAddress } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { roleClient } from '../home/clients.ts'
import type { Config } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { roleKey } from '../home/keys.ts'
import type { LocalLedger } from './openLedger.ts'

const DEPOSIT = 100_000_000n

/**
 * Deposits for the buyer and registers its session key, by a signature that the faucet carries: the buyer sends no transaction.
 * Does nothing while most of the deposit is left.
 */
export async function onboardPayer(home: Home, ledger: LocalLedger, config: Config): Promise<void> {
  const { deployment } = config
  const payer = await roleClient(home, config, 'payer')
  const { key, balance } = await getAccount(payer, { deployment, payer: payer.account.address })
  if (key !== zeroAddress && balance >= DEPOSIT / 10n) return
  const session = privateKeyToAddress(await roleKey(home, 'session'))
  const authorization = await signDepositAuthorization(payer, { deployment, key: session, amount: DEPOSIT })
  await depositWithAuthorization(ledger.faucet, { deployment, authorization })
}
