import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '@stoa/localnet'
import type { Hex } from '@stoa/protocol'
import type { Deployment } from '@stoa/sdk'

/** A whole economy, run as a person would: `stoa up` in its own processes and folder. */
export type RunningEconomy = {
  home: string
  rpcUrl: string
  node: string
  gateway: string
  dashboard: string
  /** Undefined where none runs. */
  index: string | undefined
  deployment: Deployment
  accounts: { payer: Hex }
  offers: { offerId: Hex; model: string }[]
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))

/** Starts an economy, of a folder that is there and stays, or of a new one that goes with it. Without an index unless one is asked for: what is measured is mostly the way of a call, on two cores. */
export async function startEconomy(options: { home?: string; hasIndex?: boolean } = {}): Promise<RunningEconomy> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'stoa-bench-')))
  const ports = [
    ['--gateway-port', await freePort()],
    ['--node-port', await freePort()],
    ['--chain-port', await freePort()],
    ['--web-port', await freePort()],
    options.hasIndex ? ['--index-port', await freePort()] : ['--no-index'],
  ]
  const child = spawn(process.execPath, [MAIN, 'up', '--json', '--home', home, ...ports.flat().map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGINT')
    await ended
    if (!options.home) await rm(home, { recursive: true, force: true })
  }
  for await (const line of createInterface({ input: child.stdout })) {
    const { gateway, node, rpcUrl, dashboard, index } = JSON.parse(line)
    if (!gateway) break
    const { deployment, accounts, offers } = JSON.parse(await readFile(join(home, 'stoa.json'), 'utf8'))
    return { home, rpcUrl, node, gateway, dashboard, index, deployment, accounts, offers, stop }
  }
  await stop()
  throw new Error('The economy did not start; what it said is above.')
}
