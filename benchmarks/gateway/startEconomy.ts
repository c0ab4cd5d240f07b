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
  deployment: Deployment
  offers: { offerId: Hex; model: string }[]
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))

export async function startEconomy(): Promise<RunningEconomy> {
  const home = await mkdtemp(join(tmpdir(), 'stoa-bench-'))
  const ports = [
    ['--gateway-port', await freePort()],
    ['--node-port', await freePort()],
    ['--chain-port', await freePort()],
    ['--web-port', await freePort()],
    // What is measured is the way of a call, on two cores.
    ['--no-index'],
  ]
  const child = spawn(process.execPath, [MAIN, 'up', '--json', '--home', home, ...ports.flat().map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGINT')
    await ended
    await rm(home, { recursive: true, force: true })
  }
  for await (const line of createInterface({ input: child.stdout })) {
    const { gateway, node, rpcUrl } = JSON.parse(line)
    if (!gateway) break
    const { deployment, offers } = JSON.parse(await readFile(join(home, 'stoa.json'), 'utf8'))
    return { home, rpcUrl, node, gateway, deployment, offers, stop }
  }
  await stop()
  throw new Error('The economy did not start; what it said is above.')
}
