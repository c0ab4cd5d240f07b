import { readFile, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { deploymentOf, deployStoa } from '@stoa/localnet'
import type { Address } from '@stoa/protocol'
import { createChainClient } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlockNumber, getChainId, getCode } from 'viem/actions'
import { roleKey } from '../home/keys.ts'
import { type DeploymentFile, readDeployment } from '../home/readDeployment.ts'
import { toJson } from '../output/printer.ts'
import { refuseOverwrite } from '../output/refuseOverwrite.ts'
import type { Context } from './context.ts'

export type DeployOptions = { rpc: readonly string[]; token?: Address; out: string; force?: boolean }

/** Puts the contracts on a chain, from the home's owner account, and writes down where they are. What is there already is left, so it can be done again after a failure. Throws `OutputExistsError` before anything is sent, where the file says something else. */
export async function deploy(
  { home, printer }: Context,
  { rpc, token, out, force = false }: DeployOptions,
): Promise<void> {
  const account = privateKeyToAccount(await roleKey(home, 'owner'))
  const chainId = await getChainId(createChainClient({ rpcUrl: rpc, chainId: 0 }))
  const client = createChainClient({ rpcUrl: rpc, chainId, account })
  const before = await getBlockNumber(client)
  const planned = deploymentOf({ chainId, ...(token && { token }) })
  const told = await deploymentIn(out)
  const isSame = isDeepStrictEqual(told?.deployment, planned)
  if (!isSame) refuseOverwrite([out], { option: '--out', force })
  // Contracts that were there before are of the block that the file knows, or of an unknown one: whoever reads the ledger then reads all of it.
  const known = isSame ? (told?.fromBlock ?? 0) : 0
  const fromBlock = (await getCode(client, { address: planned.escrow })) ? known : Number(before)
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

/** What a file says of contracts; undefined where there is none, or none that says so. */
async function deploymentIn(file: string): Promise<DeploymentFile | undefined> {
  try {
    return readDeployment(await readFile(file, 'utf8'), file)
  } catch {
    return undefined
  }
}
