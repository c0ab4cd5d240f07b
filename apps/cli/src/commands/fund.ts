import { formatAmount, parseAmount } from '@stoa/protocol'
import { sendCall } from '@stoa/sdk'
import { encodeFunctionData, erc20Abi, formatEther, parseEther } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import { roleKey } from '../home/keys.ts'
import { type Context, requireConfig } from './context.ts'
import { GAS_ROLES } from './init.ts'

export type FundOptions = {
  /** Of the chain's own coin, decimal. */
  coin?: string
  /** Of the token, decimal. */
  token?: string
}

/** Sends coin and tokens from the home's owner account to another of its accounts. */
export async function fund(
  { home, printer }: Context,
  role: string,
  { coin = '0', token = '0' }: FundOptions,
): Promise<void> {
  const config = await requireConfig(home)
  const to = Object.keys(GAS_ROLES).find((each) => each === role) as keyof typeof GAS_ROLES | undefined
  if (!to || to === 'owner')
    throw new CommandError(`"${role}" is none of the accounts that can be funded.`, {
      code: 'INVALID_ARGUMENT',
      hint: `Give one of ${Object.keys(GAS_ROLES)
        .filter((each) => each !== 'owner')
        .join(', ')}.`,
    })
  const { deployment, token: units } = config
  const [wei, amount] = [parseEther(coin), parseAmount(token, units)]
  const client = await roleClient(home, config, 'owner')
  const address = privateKeyToAddress(await roleKey(home, to))
  if (wei > 0n)
    await printer.step(
      'coin',
      () => sendCall(client, deployment.chainId, { to: address, value: wei }),
      () => formatEther(wei),
    )
  if (amount > 0n) {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [address, amount] })
    await printer.step(
      'token',
      () => sendCall(client, deployment.chainId, { to: deployment.token, data }),
      () => formatAmount(amount, units),
    )
  }
  printer.result({ role: to, address, coinWei: wei, tokenWei: amount }, `${address} (${to}) has it.`)
}
