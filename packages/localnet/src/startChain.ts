import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { anvilBinary } from './anvilBinary.ts'
import { ChainNotSavedError, ChainStartError, PortInUseError } from './errors.ts'
import { lockFile, passFolder, takeFolder } from './folderLock.ts'
import { freePort, isPortFree } from './freePort.ts'
import { endProcess } from './processes.ts'

export type StartChainParameters = {
  /** Where the chain's state is kept, and found again; none for a chain that is forgotten. */
  folder?: string
  /** Port of 127.0.0.1; a free one. */
  port?: number
  /** 31337. */
  chainId?: number
  /** Seconds between blocks; without it every transaction is a block at once. */
  blockTime?: number
}

export type RunningChain = {
  rpcUrl: string
  chainId: number
  port: number
  /** Anvil's process id. */
  pid: number
  /** Resolves when anvil has ended, whoever ended it. */
  exited: Promise<void>
  /** Writes the state and ends the chain. Throws `ChainNotSavedError`. Stopping twice is stopping once. */
  stop(): Promise<void>
}

/** Milliseconds within which anvil must answer; it takes about 100, more with a large state to load. */
const START_MS = 30_000
/** States of the past kept in memory, and none on disk. Blocks, transactions and events are all kept. */
const PAST_STATES = 256

/**
 * Starts a local chain (anvil) in a process of its own, on 127.0.0.1. It ends with this process, however this ends; ctrl-C does not reach
 * it, so that whoever started it can finish its business first and then `stop`.
 *
 * Throws `AnvilMissingError`, `PortInUseError`, `FolderInUseError`, `ChainStartError`.
 */
export async function startChain(parameters: StartChainParameters = {}): Promise<RunningChain> {
  const { folder, port, chainId = 31_337, blockTime } = parameters
  const binary = anvilBinary()
  if (port && !(await isPortFree(port))) throw new PortInUseError(port)
  const options = { binary, chainId, blockTime, folder, stateFile: folder && join(folder, 'chain.json') }
  if (folder) {
    await mkdir(folder, { recursive: true })
    await takeFolder(folder)
  }
  try {
    return await (port ? launch({ ...options, port }) : launchAnywhere(options))
  } catch (error) {
    if (folder) await rm(lockFile(folder), { force: true })
    throw error
  }
}

type LaunchOptions = {
  binary: string
  port: number
  chainId: number
  blockTime: number | undefined
  folder: string | undefined
  stateFile: string | undefined
}

/** Ports that others took between finding and using them, until finding one is given up. */
const PORT_TRIES = 5

async function launchAnywhere(options: Omit<LaunchOptions, 'port'>): Promise<RunningChain> {
  for (let tries = 1; ; tries++) {
    try {
      return await launch({ ...options, port: await freePort() })
    } catch (error) {
      if (!(error instanceof PortInUseError) || tries === PORT_TRIES) throw error
    }
  }
}

async function launch(options: LaunchOptions): Promise<RunningChain> {
  const { port, chainId, folder, stateFile } = options
  const rpcUrl = `http://127.0.0.1:${port}`
  const anvil = spawnAnvil(options)
  const keeper = spawnKeeper([`${anvil.pid}`, rpcUrl, ...(folder && stateFile ? [stateFile, lockFile(folder)] : [])])
  try {
    if (folder && keeper.pid) await passFolder(folder, keeper.pid)
    const pid = await answering(anvil, { ...options, rpcUrl })
    keeper.stdin.write('\n')
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= stopChain(keeper, pid, stateFile)
      return stopped
    }
    return { rpcUrl, chainId, port, pid, exited: anvil.ended.then(() => {}), stop }
  } catch (error) {
    await closeKeeper(keeper)
    throw error
  }
}

/** `ended` resolves with why, in anvil's own words. */
type Anvil = { pid: number | undefined; ended: Promise<string> }

function spawnAnvil({ binary, port, chainId, blockTime, stateFile }: LaunchOptions): Anvil {
  const options = ['--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${chainId}`, '--quiet', '--no-cors']
  options.push('--prune-history', `${PAST_STATES}`)
  if (blockTime) options.push('--block-time', `${blockTime}`)
  if (stateFile && existsSync(stateFile)) options.push('--load-state', stateFile)
  // Detached: a process group of its own, which a terminal's ctrl-C does not reach.
  const child = spawn(binary, options, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000)
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(said.trim() || `anvil ended (${signal ?? `code ${code}`})`))
  })
  return { pid: child.pid, ended }
}

/** Waits until anvil answers; throws when it does not. Returns its process id. */
async function answering(anvil: Anvil, options: LaunchOptions & { rpcUrl: string }): Promise<number> {
  const { rpcUrl, port, chainId, stateFile } = options
  let why: string | undefined
  anvil.ended.then((words) => {
    why = words
  })
  for (const end = Date.now() + START_MS; why === undefined && Date.now() < end; await sleep(10)) {
    if (anvil.pid && (await chainIdAt(rpcUrl)) === chainId && why === undefined) return anvil.pid
  }
  if (why && /address already in use/i.test(why)) throw new PortInUseError(port)
  const loaded = stateFile && existsSync(stateFile) ? stateFile : undefined
  throw new ChainStartError(why ?? `anvil does not answer within ${START_MS / 1_000} s.`, loaded)
}

async function chainIdAt(rpcUrl: string): Promise<number | undefined> {
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(rpcUrl, { method: 'POST', headers, body, signal: AbortSignal.timeout(START_MS) })
    const answer: unknown = await response.json()
    return typeof answer === 'object' && answer && 'result' in answer ? Number(answer.result) : undefined
  } catch {
    return undefined
  }
}

type Keeper = ChildProcessByStdio<Writable, null, Readable>

/** The keeper's file ends as this one does: `.ts` in the sources, `.js` where it is published. */
function spawnKeeper(options: string[]): Keeper {
  const keeper = fileURLToPath(new URL(`./keeper${extname(import.meta.url)}`, import.meta.url))
  const child = spawn(process.execPath, [keeper, ...options], { detached: true, stdio: ['pipe', 'ignore', 'pipe'] })
  // Writing to a keeper that is gone fails; `stop` finds out and says so.
  child.stdin.on('error', () => {})
  return child
}

/** Ends the chain through its keeper, and itself where there is no keeper left. */
async function stopChain(keeper: Keeper, pid: number, stateFile: string | undefined): Promise<void> {
  const said = await closeKeeper(keeper)
  await endProcess(pid, 5_000)
  if (stateFile && keeper.exitCode !== 0) throw new ChainNotSavedError(stateFile, said || 'its keeper was killed')
}

/** Ends the keeper's input, upon which it writes the state, ends the chain and itself. Returns what it complained of. */
async function closeKeeper(keeper: Keeper): Promise<string> {
  let said = ''
  keeper.stderr.on('data', (chunk) => {
    said += chunk
  })
  if (keeper.exitCode !== null || keeper.signalCode !== null) return said
  const closed = once(keeper, 'close')
  keeper.stdin.end()
  await closed
  return said
}
