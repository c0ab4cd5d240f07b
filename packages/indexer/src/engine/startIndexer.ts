import { fork } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type IndexSettings, SETTINGS_VARIABLE } from '../app/settings.ts'
import { genesisHash } from './chain.ts'
import { IndexEndedError } from './errors.ts'
import { generationOf } from './generation.ts'
import { identityOf } from './identity.ts'
import { lastWords } from './lastWords.ts'
import type { StartIndexerParameters } from './parameters.ts'

export type RunningIndexer = {
  url: string
  pid: number
  /** Resolves when the process has ended, with why in words. */
  ended: Promise<IndexEndedError>
  /** Ends the process and waits for its end. */
  stop(): Promise<void>
}

/** Milliseconds that a process asked to end has for it; it ends by itself within five seconds. */
const GRACE_MS = 8_000
/** Milliseconds between questions whether it answers. */
const LOOK_MS = 50

/**
 * Starts an index in a process of its own, which ends with this one. Resolves when it answers, which is before the chain's past is
 * indexed (`IndexClient.status`). Goes on where an index of the same deployment, chain and code was left in the folder; another one is removed.
 *
 * Throws `IndexChainError`, `IndexEndedError`.
 */
export async function startIndexer(parameters: StartIndexerParameters): Promise<RunningIndexer> {
  const { port, signal } = parameters
  const folder = resolve(parameters.folder)
  const [genesis, generation] = await Promise.all([genesisHash(parameters.rpcUrl), generationOf(folder)])
  const identity = await identityOf(parameters, genesis, generation)
  await removeOthers(folder, identity)
  const own = join(folder, identity)
  const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))
  const child = fork(main, [own, identity, `${port}`], {
    env: { ...process.env, ...QUIET, [SETTINGS_VARIABLE]: JSON.stringify(settingsOf(parameters, own)) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    // A process group of its own: a terminal's ctrl-C is for the parent, which stops its services in order.
    detached: true,
  })
  const words = child.stdout && child.stderr ? lastWords(child.stdout, child.stderr) : () => ''
  const ended = new Promise<IndexEndedError>((settle) => {
    child.once('close', (code, killedBy) => settle(new IndexEndedError(code, killedBy, words())))
  })
  const end = () => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    ended.then(() => clearTimeout(late))
  }
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  const url = `http://127.0.0.1:${port}`
  await answering(url, ended)
  return {
    url,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      end()
      await ended
    },
  }
}

/** Nothing of this process's settings of the engine is passed on, and nobody is told that it runs. */
const QUIET = {
  PONDER_TELEMETRY_DISABLED: 'true',
  PORT: undefined,
  DATABASE_URL: undefined,
  PONDER_LOG_LEVEL: undefined,
}

function settingsOf(parameters: StartIndexerParameters, own: string): IndexSettings {
  const { rpcUrl, deployment, fromBlock = 0, databaseUrl } = parameters
  const isNear = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(rpcUrl).hostname)
  return {
    rpcUrl,
    deployment,
    fromBlock,
    pollingInterval: parameters.pollingInterval ?? (isNear ? 200 : 1_000),
    database: databaseUrl ? { kind: 'postgres', url: databaseUrl } : { kind: 'pglite', folder: join(own, 'tables') },
  }
}

/** Removes what indexes of other deployments, chains or releases left; anything else in the folder stays. */
async function removeOthers(folder: string, identity: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const others = names.filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== identity)
  await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true, force: true })))
}

async function answering(url: string, ended: Promise<IndexEndedError>): Promise<void> {
  let gone: IndexEndedError | undefined
  ended.then((error) => {
    gone = error
  })
  while (!gone) {
    const answer = await fetch(`${url}/health`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(LOOK_MS)
  }
  throw gone
}
