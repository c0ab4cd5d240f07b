import { formatAmount } from '@stoa/protocol'
import { getAccount, getBalances, getProvider, getRevenueBalance } from '@stoa/sdk'
import { readClient } from '../home/clients.ts'
import { order } from '../services/control.ts'
import { indexStateOf } from '../services/indexState.ts'
import { nodeStatusOf } from '../services/nodeStatus.ts'
import { type Context, requireConfig } from './context.ts'

/** Shows what runs, and what the ledger holds for this home's buyer, seller and model owner. */
export async function status({ home, printer }: Context): Promise<void> {
  const config = await requireConfig(home)
  const services = await order(home, 'status')
  const node = nodeStatusOf(services)
  const { deployment, accounts, token } = config
  const client = readClient(config)
  const [account, provider, payee, owner] = await Promise.all([
    getAccount(client, { deployment, payer: accounts.payer }),
    getProvider(client, { deployment, provider: accounts.provider }),
    getRevenueBalance(client, { deployment, account: accounts.payee }),
    getRevenueBalance(client, { deployment, account: accounts.owner }),
  ])
  const stake = provider?.stake ?? 0n
  const { disputer } = accounts
  const bonds = disputer ? (await getBalances(client, { deployment, account: disputer })).token : 0n
  const { balance: deposit, withdrawalAmount: leaving, withdrawableAt } = account
  const leaves =
    leaving > 0n
      ? `, ${formatAmount(leaving, token)} can leave from ${new Date(withdrawableAt * 1000).toISOString()}`
      : ''
  const ledger = { deposit, withdrawal: { amount: leaving, withdrawableAt }, stake, revenue: { payee, owner }, bonds }
  printer.result(
    { home: home.folder, ports: config.ports, accounts, ledger, services },
    [
      `home      ${home.folder}`,
      `gateway   http://127.0.0.1:${config.ports.gateway}/v1`,
      `node      http://127.0.0.1:${config.ports.node}, ${config.offers.length} offers`,
      ...[...node.problems, ...node.warnings].map((words) => `          ! ${words}`),
      ...(config.ports.web ? [`dashboard http://127.0.0.1:${config.ports.web}`] : []),
      `chain     ${config.rpcUrl}, id ${deployment.chainId}`,
      ...describeIndex(services),
      `buyer     ${accounts.payer}, ${formatAmount(deposit, token)} on deposit${leaves}`,
      `seller    ${accounts.provider}, ${formatAmount(stake, token)} staked, ${formatAmount(payee, token)} earned`,
      ...(disputer ? [`bonds     ${disputer}, ${formatAmount(bonds, token)} for disputes`] : []),
      `owner     ${accounts.owner}, ${formatAmount(owner, token)} earned`,
      ...describeDisputes(services),
    ].join('\n'),
  )
}

function describeIndex(services: unknown): string[] {
  const index = indexStateOf(services)
  return index ? [`index     ${index.url}, ${index.words}`] : []
}

function describeDisputes(services: unknown): string[] {
  const { disputes } = nodeStatusOf(services)
  if (!disputes) return []
  const { on, acquitted, convicted, warnings } = disputes
  const games = on.map(({ game, waitsFor, deadline }) => {
    const who = waitsFor === 'us' ? 'this node' : 'the challenger'
    return `          game ${game} waits for ${who}, until ${new Date(deadline * 1000).toISOString()}`
  })
  const all = `disputes  ${on.length} on, ${acquitted} won, ${convicted} lost`
  return [all, ...games, ...warnings.map((warning) => `          ! ${warning}`)]
}
