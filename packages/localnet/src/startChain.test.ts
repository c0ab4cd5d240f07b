import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createChainClient, getModel, publishModel } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock, getBlockNumber, getChainId, getLogs, getTransactionCount } from 'viem/actions'
import { expect, onTestFinished, test } from 'vitest'
import { deployStoa } from './deployStoa.ts'
import { DEVELOPMENT_KEYS } from './developmentKeys.ts'
import { freePort } from './freePort.ts'
import { isAlive } from './processes.ts'
import { type RunningChain, type StartChainParameters, startChain } from './startChain.ts'

const CARD = `0x${'11'.repeat(32)}` as const

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-chain-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function start(parameters: StartChainParameters = {}): Promise<RunningChain> {
  const chain = await startChain(parameters)
  onTestFinished(() => chain.stop().catch(() => {}))
  return chain
}

function clientOf(chain: RunningChain) {
  return createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
}

/** Deploys and publishes a model; returns what a chain that was kept must still know. */
async function makeHistory(chain: RunningChain) {
  const client = clientOf(chain)
  const deployment = await deployStoa(client)
  const { modelId } = await publishModel(client, { deployment, card: CARD, weights: CARD, ownerSharePpm: 1 })
  return { deployment, modelId, model: await getModel(client, { deployment, modelId }), ...(await pastOf(chain)) }
}

async function pastOf(chain: RunningChain) {
  const client = clientOf(chain)
  return { block: await getBlockNumber(client), logs: await getLogs(client, { fromBlock: 0n }) }
}

test('a chain without a folder: a free port, its id, and gone when stopped, twice if need be', async () => {
  const [a, b] = await Promise.all([start(), start({ chainId: 4_242 })])
  expect(a.port).not.toBe(b.port)
  expect([await getChainId(clientOf(a)), await getChainId(clientOf(b))]).toEqual([31_337, 4_242])
  await Promise.all([a.stop(), a.stop(), b.stop()])
  await a.exited
  expect([isAlive(a.pid), isAlive(b.pid)]).toEqual([false, false])
})

test('a chain in a folder goes on where it was stopped: state, blocks and events', async () => {
  const folder = await temporaryFolder()
  const first = await start({ folder })
  const { deployment, modelId, model, block, logs } = await makeHistory(first)
  await first.stop()
  const second = await start({ folder, port: first.port })
  expect(await pastOf(second)).toEqual({ block, logs })
  expect(logs.length).toBeGreaterThan(0)
  expect(await getModel(clientOf(second), { deployment, modelId })).toEqual(model)
  expect(await deployStoa(clientOf(second))).toEqual(deployment)
  expect(await getBlockNumber(clientOf(second), { cacheTime: 0 })).toBe(block)
})

test('a chain ends with the process that started it, however that dies, and loses nothing', async () => {
  const folder = await temporaryFolder()
  const module = new URL('./index.ts', import.meta.url).href
  const script = `import { startChain } from ${JSON.stringify(module)}
    console.log(JSON.stringify(await startChain(${JSON.stringify({ folder })})))`
  const parent: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void parent.kill('SIGKILL'))
  if (!parent.stdout) throw new Error('no pipe')
  const [line] = await once(parent.stdout, 'data')
  const chain: RunningChain = JSON.parse(`${line}`)
  const { block, logs } = await makeHistory(chain)
  parent.kill('SIGKILL')
  // No waiting in between: the next start waits for the keeper of the last.
  const next = await start({ folder })
  expect(isAlive(chain.pid)).toBe(false)
  expect(await pastOf(next)).toEqual({ block, logs })
})

test('a chain that takes long over its last state is waited for, and loses nothing', async () => {
  const folder = await temporaryFolder()
  const chain = await start({ folder })
  const { block, logs } = await makeHistory(chain)
  process.kill(chain.pid, 'SIGSTOP')
  const stopped = chain.stop()
  const next = start({ folder })
  // Longer than a folder that is in use is waited for.
  await sleep(7_000)
  process.kill(chain.pid, 'SIGCONT')
  await stopped
  expect(await pastOf(await next)).toEqual({ block, logs })
})

test('state is written while the chain runs, so that losing the keeper too costs a second', async () => {
  const folder = await temporaryFolder()
  const chain = await start({ folder })
  const { block } = await makeHistory(chain)
  const number = `0x${block.toString(16)}`
  const saved = async () => JSON.parse(await readFile(join(folder, 'chain.json'), 'utf8').catch(() => '{}'))
  while ((await saved()).best_block_number !== number && Number((await saved()).best_block_number) !== Number(block))
    await sleep(50)
  const keeper = Number(await readFile(join(folder, 'chain.lock'), 'utf8'))
  process.kill(keeper, 'SIGKILL')
  process.kill(chain.pid, 'SIGKILL')
  await chain.exited
  await expect(chain.stop()).rejects.toMatchObject({ code: 'CHAIN_NOT_SAVED' })
  expect((await pastOf(await start({ folder }))).block).toBe(block)
})

test('a port in use: say which and what to do', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(startChain({ port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    port,
    shortMessage: `Port ${port} is in use.`,
    hint: 'Stop the program that listens there (another local chain?), or choose another port.',
  })
})

test('a folder in use: two chains do not overwrite each other', async () => {
  const folder = await temporaryFolder()
  const chain = await start({ folder })
  await expect(startChain({ folder })).rejects.toMatchObject({ code: 'FOLDER_IN_USE' })
  expect(await getChainId(clientOf(chain))).toBe(31_337)
})

test('a damaged state: say which file; nothing is left behind', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'chain.json')
  await writeFile(file, '{"block":')
  await expect(startChain({ folder })).rejects.toMatchObject({
    code: 'CHAIN_START_FAILED',
    hint: `If its state is damaged, move ${file} away: the chain then begins anew.`,
  })
  expect(await readFile(file, 'utf8')).toBe('{"block":')
  await rm(file)
  await start({ folder })
})

test('an anvil that is killed ends `exited`', async () => {
  const chain = await start({ port: await freePort() })
  process.kill(chain.pid, 'SIGKILL')
  await chain.exited
  await chain.stop()
})

test('blocks come by time where that is wanted', async () => {
  const chain = await start({ blockTime: 1 })
  while ((await getBlockNumber(clientOf(chain), { cacheTime: 0 })) < 2n) await sleep(50)
})

test('a chain that is killed among transactions comes back to one moment: its blocks explain all that its accounts say', async () => {
  const folder = await temporaryFolder()
  let chain = await start({ folder })
  const port = chain.port
  const { address } = privateKeyToAccount(DEVELOPMENT_KEYS[0])
  for (let kills = 0; kills < 4; kills++) {
    let isUp = true
    const send = async () => {
      const client = clientOf(chain)
      const transaction = [{ from: address, to: address, value: '0x1' }]
      while (isUp) await client.request({ method: 'eth_sendTransaction', params: transaction } as never)
    }
    const senders = [send(), send(), send()].map((sender) => sender.catch(() => undefined))
    // Until a state with some of them has been written, and then in the middle of more.
    const state = join(folder, 'chain.json')
    const written = (await readFile(state, 'utf8').catch(() => '')).length
    await expect.poll(async () => (await readFile(state, 'utf8').catch(() => '')).length).toBeGreaterThan(written)
    process.kill(chain.pid, 'SIGKILL')
    isUp = false
    await Promise.all([chain.exited, ...senders])
    await chain.stop().catch(() => undefined)
    chain = await start({ folder, port })
    const client = clientOf(chain)
    let mined = 0
    for (let block = await getBlockNumber(client); block > 0n; block--)
      mined += (await getBlock(client, { blockNumber: block })).transactions.length
    expect(await getTransactionCount(client, { address })).toBe(mined)
  }
})
