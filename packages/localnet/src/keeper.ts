/**
 * Keeps a local chain, as a process of its own: `node keeper.ts <anvil pid> <rpc url> [state file] [lock file]`. It writes the chain's state
 * whenever there are new blocks, and, when its standard input ends, writes it a last time and ends the chain. That input is a pipe
 * whose other end the process that started the chain holds, so it ends with that process, however that dies. The first byte on it says
 * that what answers at the URL is this chain: until then it might be another, which had the port before.
 *
 * Anvil could write its state itself; it writes in place, so that being killed while writing would leave no state at all, and at
 * every interval, changed or not.
 */
import { open, rename, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { announceEnd } from './lockOwner.ts'
import { endProcess, isAlive } from './processes.ts'

/** Milliseconds of blocks that losing power can cost, while writing them takes no more than a tenth of that. */
const INTERVAL_MS = 1_000
const GRACE_MS = 5_000
/** Times that a state is asked for which no block comes into: as the chain goes, and with transactions held back. */
const [FREE_TRIES, HELD_TRIES] = [1, 5]

const [pidText, rpcUrl = '', stateFile, lock] = process.argv.slice(2)
const pid = Number(pidText)
const ended = new AbortController()
let confirmed = false
process.stdin.on('end', end).on('error', end)
process.stdin.on('data', () => {
  confirmed = true
})
// A terminal's ctrl-C is for the process that holds the pipe, which has things to do before the chain goes.
process.on('SIGINT', () => {})

let saved: unknown
while (!ended.signal.aborted && isAlive(pid)) {
  const started = Date.now()
  // What fails here is tried again a second later, and told in the end if it still fails.
  if (stateFile && confirmed) await saveIfNew(stateFile).catch(() => {})
  // A chain with a long past takes long to write: leave it, and the machine, most of the time for other things.
  await sleep(Math.max(INTERVAL_MS, 10 * (Date.now() - started)), undefined, { signal: ended.signal }).catch(() => {})
}
try {
  if (stateFile && confirmed && isAlive(pid)) await save(stateFile)
} catch (error) {
  process.exitCode = 1
  process.stderr.write(error instanceof Error ? error.message : String(error))
}
await endProcess(pid, GRACE_MS)
if (lock) await rm(lock, { force: true })
process.stdin.destroy()

function end(): void {
  ended.abort()
  try {
    // Whoever wants the folder waits, however long the last state takes.
    if (lock) announceEnd(lock)
  } catch {
    // Then they wait for a few seconds.
  }
}

async function saveIfNew(file: string): Promise<void> {
  const block = await rpc('eth_blockNumber')
  if (block === saved) return
  await save(file)
  saved = block
}

/** Writes beside, to the disk, and renames: the file is always one whole state. */
async function save(file: string): Promise<void> {
  const dump = await dumpState()
  const state = await promisify(gunzip)(Buffer.from(dump.slice(2), 'hex'))
  const handle = await open(`${file}.next`, 'w')
  try {
    await handle.writeFile(state)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.next`, file)
}

/**
 * The chain's state at one moment. Anvil reads blocks and accounts one after the other: a block that came between them would leave balances which no block of the chain explains. On a busy chain transactions are held
 * back meanwhile, for a tenth of the time at most.
 */
async function dumpState(): Promise<string> {
  const dump = await dumpBetweenBlocks(FREE_TRIES)
  if (dump) return dump
  const holds = (await rpc('anvil_getAutomine')) === true
  if (holds) await rpc('evm_setAutomine', [false])
  try {
    const held = await dumpBetweenBlocks(HELD_TRIES)
    if (held) return held
  } finally {
    if (holds) await mineAgain()
  }
  throw new Error('blocks came faster than anvil gives its state')
}

async function dumpBetweenBlocks(tries: number): Promise<string | undefined> {
  for (let tried = 0; tried < tries; tried++) {
    const before = await rpc('eth_blockNumber')
    const dump = await rpc('anvil_dumpState')
    if (typeof dump !== 'string') throw new Error('anvil gave no state')
    if ((await rpc('eth_blockNumber')) === before) return dump
  }
}

/** What came while transactions were held back has waited for a block. */
async function mineAgain(): Promise<void> {
  await rpc('evm_setAutomine', [true])
  const { pending } = (await rpc('txpool_status')) as { pending: string }
  if (Number(pending) > 0) await rpc('evm_mine')
}

async function rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(30_000),
  })
  const answer: unknown = await response.json()
  if (typeof answer === 'object' && answer && 'result' in answer) return answer.result
  throw new Error(`${method}: ${JSON.stringify(answer)}`)
}
