import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
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
  const { folder, chainId = 31_337 } = parameters
  const binary = anvilBinary()
  if (parameters.port && !(await isPortFree(parameters.port))) throw new PortInUseError(parameters.port)
  if (folder) {
    await mkdir(folder, { recursive: true })
    await takeFolder(folder)
  }
  try {
    const port = parameters.port || (await freePort())
    const rpcUrl = `http://127.0.0.1:${port}`
    const stateFile = folder && join(folder, 'chain.json')
    const anvil = spawnAnvil(binary, { ...parameters, chainId, port, stateFile })
    const keeper = spawnKeeper([`${anvil.pid}`, rpcUrl, ...(folder && stateFile ? [stateFile, lockFile(folder)] : [])])
    if (folder && keeper.pid) await passFolder(folder, keeper.pid)
    const pid = await answering(anvil, { rpcUrl, chainId, stateFile }).catch(async (error: unknown) => {
      await closeKeeper(keeper)
      throw error
    })
    const exited = anvil.exitCode === null ? once(anvil, 'exit').then(() => {}) : Promise.resolve()
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= stopChain(keeper, pid, stateFile)
      return stopped
    }
    return { rpcUrl, chainId, port, pid, exited, stop }
  } catch (error) {
    if (folder) await rm(lockFile(folder), { force: true })
    throw error
  }
}

type AnvilOptions = { port: number; chainId: number; blockTime?: number; stateFile: string | undefined }

function spawnAnvil(binary: string, { port, chainId, blockTime, stateFile }: AnvilOptions): ChildProcess {
  const options = ['--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${chainId}`, '--quiet']
  options.push('--prune-history', `${PAST_STATES}`)
  if (blockTime) options.push('--block-time', `${blockTime}`)
  if (stateFile && existsSync(stateFile)) options.push('--load-state', stateFile)
  // Detached: a process group of its own, which a terminal's ctrl-C does not reach.
  return spawn(binary, options, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
}

type Expected = { rpcUrl: string; chainId: number; stateFile: string | undefined }

/** Waits until anvil answers; ends it and throws when it does not. Returns its process id. */
async function answering(anvil: ChildProcess, { rpcUrl, chainId, stateFile }: Expected): Promise<number> {
  let said = ''
  anvil.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000)
  })
  let failure: string | undefined
  anvil.once('error', (error) => {
    failure = error.message
  })
  anvil.once('exit', (code) => {
    failure ??= `anvil ended with code ${code}`
  })
  for (const end = Date.now() + START_MS; failure === undefined && Date.now() < end; await sleep(10)) {
    if (anvil.pid && (await chainIdAt(rpcUrl)) === chainId && failure === undefined) return anvil.pid
  }
  if (failure === undefined && anvil.pid) await endProcess(anvil.pid, 0)
  const why = [failure ?? `no answer within ${START_MS / 1_000} s`, said.trim()].filter(Boolean).join(': ')
  throw new ChainStartError(why, stateFile && existsSync(stateFile) ? stateFile : undefined)
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

/** The keeper's file ends as this one does: `.ts` in the sources, `.js` where it is published. */
function spawnKeeper(options: string[]): ChildProcess {
  const keeper = fileURLToPath(new URL(`./keeper${extname(import.meta.url)}`, import.meta.url))
  return spawn(process.execPath, [keeper, ...options], { detached: true, stdio: ['pipe', 'ignore', 'pipe'] })
}

/** Ends the chain through its keeper, and itself where there is no keeper left. */
async function stopChain(keeper: ChildProcess, pid: number, stateFile: string | undefined): Promise<void> {
  const said = await closeKeeper(keeper)
  await endProcess(pid, 5_000)
  if (stateFile && keeper.exitCode !== 0) throw new ChainNotSavedError(stateFile, said || 'its keeper was killed')
}

/** Ends the keeper's input, upon which it writes the state, ends the chain and itself. Returns what it complained of. */
async function closeKeeper(keeper: ChildProcess): Promise<string> {
  let said = ''
  keeper.stderr?.on('data', (chunk) => {
    said += chunk
  })
  if (keeper.exitCode !== null || keeper.signalCode !== null) return said
  const closed = once(keeper, 'close')
  keeper.stdin?.end()
  await closed
  return said
}
