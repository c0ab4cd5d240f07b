import { formatAmount, parseAmount } from '@stoa/protocol'
import { getAccount, requestWithdrawal, withdraw as withdrawAction } from '@stoa/sdk'
import { isAddress } from 'viem'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import { type Context, requireConfig } from './context.ts'

/** Announces a withdrawal of `amount`, or, without one, pays out the one that was announced. */
export async function withdraw(
  { home, printer }: Context,
  amount: string | undefined,
  to: string | undefined,
): Promise<void> {
  const config = await requireConfig(home)
  const { deployment, token } = config
  const client = await roleClient(home, config, 'payer')
  const payer = client.account.address
  if (amount !== undefined) {
    const wei = parseAmount(amount, token)
    const { withdrawableAt } = await requestWithdrawal(client, { deployment, amount: wei })
    const when = new Date(withdrawableAt * 1000).toISOString()
    printer.result(
      { payer, requested: wei, withdrawableAt },
      `${formatAmount(wei, token)} can leave from ${when} on: run "stoa withdraw" then. Until then sellers can still settle what was bought.`,
    )
    return
  }
  if (to !== undefined && !isAddress(to))
    throw new CommandError(`"${to}" is not an address.`, {
      code: 'INVALID_ADDRESS',
      hint: 'Give 0x and 40 hexadecimal digits.',
    })
  const { withdrawableAt } = await getAccount(client, { deployment, payer })
  if (withdrawableAt === 0)
    throw new CommandError('No withdrawal was announced.', {
      code: 'NO_WITHDRAWAL',
      hint: 'Announce one: stoa withdraw <amount>.',
    })
  if (withdrawableAt * 1000 > Date.now())
    throw new CommandError(
      `The announced withdrawal can leave from ${new Date(withdrawableAt * 1000).toISOString()} on.`,
      {
        code: 'WITHDRAWAL_TOO_EARLY',
        hint: 'Run "stoa withdraw" again then; sellers can still settle what was bought.',
        retry: true,
      },
    )
  const result = await withdrawAction(client, { deployment, to: to ?? payer })
  printer.result(
    { payer, withdrawn: result.amount, hash: result.hash },
    `${formatAmount(result.amount, token)} left the deposit.`,
  )
}
