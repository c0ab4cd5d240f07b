import { writeFile } from 'node:fs/promises'
import { deploymentOf, deployStoa } from '@stoa/localnet'
import type { Address } from '@stoa/protocol'
import { createChainClient } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlockNumber, getChainId, getCode } from 'viem/actions'
import { roleKey } from '../home/keys.ts'
import { toJson } from '../output/printer.ts'
import type { Context } from './context.ts'

export type DeployOptions = { rpc: readonly string[]; token?: Address; out: string }

/** Puts the contracts on a chain, from the home's owner account, and writes down where they are. What is there already is left, so it can be done again after a failure. */
export async function deploy({ home, printer }: Context, { rpc, token, out }: DeployOptions): Promise<void> {
  const account = privateKeyToAccount(await roleKey(home, 'owner'))
  const chainId = await getChainId(createChainClient({ rpcUrl: rpc, chainId: 0 }))
  const client = createChainClient({ rpcUrl: rpc, chainId, account })
  const before = await getBlockNumber(client)
  const planned = deploymentOf({ chainId, ...(token && { token }) })
  // Contracts that were there before are of an unknown block: whoever reads the ledger then reads all of it.
  const fromBlock = (await getCode(client, { address: planned.escrow })) ? 0 : Number(before)
  const deployment = await printer.step(
    'deploy',
    () => deployStoa(client, token ? { token } : {}),
    (d) => `escrow ${d.escrow}`,
  )
  await writeFile(out, `${toJson({ ...deployment, fromBlock }, 2)}\n`)
  printer.result(
    { deployment, fromBlock, file: out },
    `The contracts are on chain ${chainId}. ${out} says where: whoever joins needs it.`,
  )
}
