import { readFile } from 'node:fs/promises'
import { privateKeyToAddress } from 'viem/accounts'
import { getChainId, getCode } from 'viem/actions'
import { CommandError } from '../errors.ts'
import { readClient } from '../home/clients.ts'
import { type Config, readConfig, writeConfig } from '../home/config.ts'
import { DEFAULT_PORTS } from '../home/defaultPorts.ts'
import type { Home } from '../home/home.ts'
import { addRoleKey, ROLES, roleKey } from '../home/keys.ts'
import { readDeployment } from '../home/readDeployment.ts'
import { readTokenUnits } from '../home/readTokenUnits.ts'
import { asStarted } from '../output/asStarted.ts'
import type { Context } from './context.ts'

export type InitOptions = {
  /** RPC endpoints of one chain, the preferred first. */
  rpc: readonly string[]
  /** File with the addresses of the contracts there, as `stoa deploy` writes it. */
  deployment: string
  ports?: Partial<Config['ports']>
}

/** Accounts that have to have coin for gas, and what for. */
export const GAS_ROLES = {
  owner: 'publishes models, and shares out what you send it',
  provider: 'registers, stakes and makes offers',
  settlement: 'settles what buyers owe',
  signer: 'plays disputes about your answers',
  payer: 'deposits',
  disputer: 'disputes wrong answers, from bonds',
} as const

/** Makes a home for accounts on a chain elsewhere: keys, and where chain and contracts are. Nothing is sent. */
export async function init({ home, printer }: Context, { rpc, deployment: file, ports }: InitOptions): Promise<void> {
  const known = await readConfig(home)
  const { deployment, fromBlock } = readDeployment(await readFile(file, 'utf8').catch(() => ''), file)
  if (known && known.deployment.escrow.toLowerCase() !== deployment.escrow.toLowerCase())
    throw new CommandError(
      `${home.folder} is the home of accounts with other contracts, on chain ${known.deployment.chainId}.`,
      {
        code: 'HOME_IN_USE',
        hint: 'Give another folder with --home: what a home holds belongs to one deployment.',
      },
    )
  const config = await configOf(home, { rpc, deployment, fromBlock, ports }, known)
  await writeConfig(home, config)
  const { accounts } = config
  const { settlement, signer, session } = await hotAddresses(home)
  const addresses = { ...accounts, settlement, signer, session }
  const lines = Object.entries(GAS_ROLES).map(
    ([role, purpose]) => `  ${role.padEnd(11)}${addresses[role as keyof typeof GAS_ROLES]}  ${purpose}`,
  )
  printer.result(
    { home: home.folder, deployment, accounts: addresses },
    [
      `Accounts on chain ${deployment.chainId}, whose keys are in ${home.keys}:`,
      ...lines,
      asStarted('Send coin and tokens to the owner, then share them out: stoa fund --help'),
    ].join('\n'),
  )
}

async function hotAddresses(home: Home) {
  const of = async (role: 'settlement' | 'signer' | 'session') => privateKeyToAddress(await roleKey(home, role))
  return { settlement: await of('settlement'), signer: await of('signer'), session: await of('session') }
}

type Wanted = {
  rpc: readonly string[]
  deployment: Config['deployment']
  fromBlock: number
  ports?: InitOptions['ports']
}

async function configOf(
  home: Home,
  { rpc, deployment, fromBlock, ports }: Wanted,
  known: Config | undefined,
): Promise<Config> {
  const [rpcUrl, ...others] = rpc
  if (rpcUrl === undefined) throw new RangeError('an RPC endpoint is needed')
  const urls = others.length > 0 ? [rpcUrl, ...others] : rpcUrl
  const client = readClient({ rpcUrl: urls, deployment })
  const actual = await getChainId(client)
  if (actual !== deployment.chainId || !(await getCode(client, { address: deployment.escrow })))
    throw new CommandError(
      `The contracts are not on the chain at ${rpc.map((url) => new URL(url).host).join(', ')}, which is ${actual}.`,
      {
        code: 'NOT_DEPLOYED',
        hint: `They are on chain ${deployment.chainId}: give an RPC endpoint of it, or another deployment.`,
      },
    )
  const token = await readTokenUnits(client, deployment.token)
  for (const role of ROLES) await (known ? addRoleKey : roleKey)(home, role)
  const addressOf = async (role: (typeof ROLES)[number]) => privateKeyToAddress(await roleKey(home, role))
  const accounts = {
    owner: await addressOf('owner'),
    provider: await addressOf('provider'),
    payee: await addressOf('payee'),
    payer: await addressOf('payer'),
    disputer: await addressOf('disputer'),
  }
  const { chain, node, gateway } = DEFAULT_PORTS
  return {
    ...{ stoa: 'home/1', durability: 'full', offers: [], fromBlock },
    ...known,
    ...{ rpcUrl: urls, deployment, token, accounts },
    ports: { ...{ chain, node, gateway }, ...known?.ports, ...ports },
  }
}
