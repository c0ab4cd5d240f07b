import { formatAmount, parseAmount } from '@stoa/protocol'
import { getProvider } from '@stoa/sdk'
import { readClient } from '../home/clients.ts'
import { registerSeller } from '../market/registerSeller.ts'
import { type Context, requireConfig } from './context.ts'

export type RegisterOptions = { endpoint: string; stake: string }

/** Registers the home's provider where buyers find it, and stakes. Done again with another endpoint or more stake, it changes these. */
export async function register({ home, printer }: Context, { endpoint, stake }: RegisterOptions): Promise<void> {
  const config = await requireConfig(home)
  const { deployment, token, accounts } = config
  await printer.step(
    'register',
    () => registerSeller(home, config, { endpoint, stake: parseAmount(stake, token) }),
    () => endpoint,
  )
  const known = await getProvider(readClient(config), { deployment, provider: accounts.provider })
  const staked = known?.stake ?? 0n
  printer.result(
    { provider: accounts.provider, endpoint, stake: staked },
    `${accounts.provider} has ${formatAmount(staked, token)} staked.`,
  )
}
