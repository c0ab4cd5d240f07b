import { formatAmount, parseAmount } from '@stoa/protocol'
import { deposit as depositAction, getAccount } from '@stoa/sdk'
import { privateKeyToAddress } from 'viem/accounts'
import { roleClient } from '../home/clients.ts'
import { roleKey } from '../home/keys.ts'
import { type Context, requireConfig } from './context.ts'

/** Adds to the buyer's deposit from its own account, and registers the session key if the account has none. */
export async function deposit({ home, printer }: Context, amount: string): Promise<void> {
  const config = await requireConfig(home)
  const { deployment, token } = config
  const wei = parseAmount(amount, token)
  const client = await roleClient(home, config, 'payer')
  const payer = client.account.address
  const { key } = await getAccount(client, { deployment, payer })
  const session = privateKeyToAddress(await roleKey(home, 'session'))
  const registered = BigInt(key) !== 0n
  const { hash } = await printer.step('deposit', () =>
    depositAction(client, {
      deployment,
      payer,
      key: registered ? '0x0000000000000000000000000000000000000000' : session,
      amount: wei,
    }),
  )
  const { balance } = await getAccount(client, { deployment, payer })
  printer.result(
    { payer, deposited: wei, balance, hash },
    `${payer} now has ${formatAmount(balance, token)} on deposit.`,
  )
}
