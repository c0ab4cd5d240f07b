import { formatAmount, parseAmount } from '@stoa/protocol'
import { getAccount, requestWithdrawal, withdraw as withdrawAction } from '@stoa/sdk'
import { isAddress } from 'viem'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import { asStarted } from '../output/asStarted.ts'
import { type Context, requireConfig } from './context.ts'

export type WithdrawOptions = { to?: string; cancel?: boolean }

/** Announces a withdrawal of `amount`, takes an announcement back, or, without either, pays out the one that was announced. */
export async function withdraw(
  { home, printer }: Context,
  amount: string | undefined,
  { to, cancel = false }: WithdrawOptions,
): Promise<void> {
  const config = await requireConfig(home)
  const { deployment, token } = config
  const wei = amount === undefined ? undefined : parseAmount(amount, token)
  if (wei === 0n)
    throw new CommandError('There is nothing to withdraw in 0.', {
      code: 'NOTHING_TO_WITHDRAW',
      hint: 'To take back what was announced: stoa withdraw --cancel.',
    })
  if (cancel && (wei !== undefined || to !== undefined))
    throw new CommandError('--cancel takes back the whole announcement.', {
      code: 'CANCEL_ALONE',
      hint: 'Leave amount and --to out. To withdraw another amount, announce that one: it takes the place of the first.',
    })
  const client = await roleClient(home, config, 'payer')
  const payer = client.account.address
  const { withdrawableAt, withdrawalAmount } = await getAccount(client, { deployment, payer })
  if (wei !== undefined) {
    const announced = await requestWithdrawal(client, { deployment, amount: wei })
    const when = new Date(announced.withdrawableAt * 1000).toISOString()
    const instead =
      withdrawableAt === 0 ? '' : ` It takes the place of ${formatAmount(withdrawalAmount, token)} announced before.`
    printer.result(
      { payer, requested: wei, withdrawableAt: announced.withdrawableAt },
      asStarted(
        `${formatAmount(wei, token)} can leave from ${when} on: run "stoa withdraw" then. Until then sellers can still settle what was bought.${instead}`,
      ),
    )
    return
  }
  if (to !== undefined && !isAddress(to))
    throw new CommandError(`"${to}" is not an address.`, {
      code: 'INVALID_ADDRESS',
      hint: 'Give 0x and 40 hexadecimal digits.',
    })
  if (withdrawableAt === 0)
    throw new CommandError('No withdrawal was announced.', {
      code: 'NO_WITHDRAWAL',
      hint: 'Announce one: stoa withdraw <amount>.',
    })
  if (cancel) {
    await requestWithdrawal(client, { deployment, amount: 0n })
    printer.result(
      { payer, cancelled: withdrawalAmount },
      `The withdrawal of ${formatAmount(withdrawalAmount, token)} is taken back: all of the deposit can be spent again.`,
    )
    return
  }
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
