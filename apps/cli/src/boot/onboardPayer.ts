import { depositWithAuthorization, getAccount, signDepositAuthorization } from '@stoa/sdk'
import { privateKeyToAccount, privateKeyToAddress } from 'viem/accounts'
import type { Config } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { roleKey } from '../home/keys.ts'
import type { LocalLedger } from './openLedger.ts'

const DEPOSIT = 100_000_000n

/**
 * Deposits for the buyer and registers its session key, by a signature that the faucet carries: the buyer sends no transaction.
 * Returns whether it was needed, and the gas.
 */
export async function onboardPayer(home: Home, ledger: LocalLedger, config: Config): Promise<{ deposited: bigint }> {
  const account = privateKeyToAccount(await roleKey(home, 'payer'))
  const { deployment } = config
  const { key, balance } = await getAccount(ledger.faucet, { deployment, payer: account.address })
  if (BigInt(key) !== 0n && balance >= DEPOSIT / 10n) return { deposited: 0n }
  const session = privateKeyToAddress(await roleKey(home, 'session'))
  const authorization = await signDepositAuthorization(ledger.faucet, {
    deployment,
    account,
    key: session,
    amount: DEPOSIT,
  })
  await depositWithAuthorization(ledger.faucet, { deployment, ...authorization })
  return { deposited: DEPOSIT }
}
