import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import type { Hex } from '@stoa/protocol'
import { createChainClient } from '@stoa/sdk'
import { erc20Abi } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { readContract } from 'viem/actions'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { NodeEvent } from '../events.ts'
import type { NodeParameters } from '../parameters.ts'
import { type JudgedShop, openJudgedShop } from '../testing/judgedShop.ts'
import { addressOfKey } from '../testing/localMarket.ts'
import { type ServerProcess, startNode } from '../testing/serverProcess.ts'

let judged: JudgedShop
beforeAll(async () => {
  judged = await openJudgedShop()
  const { deployment, chain, signerKey } = judged.shop.market
  const faucet = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  await fundAccount(faucet, { deployment, to: addressOfKey(signerKey), wei: 10n ** 18n })
})
// Games take days of the chain's clock, and receipts are signed by this machine's: every test begins where the first did.
let beginning: Hex
beforeEach(async () => {
  beginning = await judged.snapshot()
})
afterEach(async () => {
  await running?.end()
  await judged.shop.closeNodes()
  await judged.restore(beginning)
})
afterAll(() => judged.shop.close())

const LIMITS = { refreshSeconds: 1, disputePollSeconds: 0.1 }

/** A node that sells the judged network, and what it tells. */
async function open(folder?: string) {
  const events: NodeEvent[] = []
  const logger = (event: NodeEvent) => void events.push(event)
  const opened = await judged.shop.open({ logger, limits: LIMITS, ...(folder && { folder }) }, judged.exact)
  const told = <kind extends NodeEvent['event']>(kind: kind) =>
    events.filter((each): each is Extract<NodeEvent, { event: kind }> => each.event === kind)
  return { ...opened, told }
}

const until = async (what: () => Promise<boolean> | boolean) => {
  while (!(await what())) await sleep(50)
}

const balanceOf = (account: Hex) => {
  const { deployment, provider } = judged.shop.market
  return readContract(provider, {
    address: deployment.token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [account],
  })
}

test('an honest node plays by itself, is acquitted, and gets the bond less its burned share', async () => {
  const { node, url, offerId, told } = await open()
  const challenger = await judged.challenge(await judged.buy(url, offerId))
  const payee = judged.shop.market.provider.account.address
  const before = await balanceOf(payee)
  await until(() => challenger.move())
  await until(() => node.status().disputes?.on[0]?.waitsFor === 'challenger')
  expect(node.status().disputes).toMatchObject({ on: [{ game: challenger.game }], warnings: [] })
  await judged.passTime(judged.clock + 1)
  await until(async () => (await challenger.read())?.verdict !== undefined)
  expect(await balanceOf(payee)).toBe(before + (judged.bond * 4n) / 5n)
  await until(() => told('verdict').length > 0)
  expect(told('verdict')).toMatchObject([{ convicted: false, words: expect.stringContaining('Acquitted') }])
  expect(told('challenged')).toMatchObject([{ game: challenger.game, offerId }])
  expect(told('move').map(({ move }) => move)).toEqual(expect.arrayContaining(['commit', 'open', 'dismiss']))
  expect(node.status().disputes).toMatchObject({ on: [], acquitted: 1, convicted: 0 })
  expect([told('dispute-failed'), told('dispute-problem')]).toEqual([[], []])
  await challenger.close()
})

test('goes on after a reorganisation, whatever it took away', async () => {
  const { url, offerId, told } = await open()
  const challenger = await judged.challenge(await judged.buy(url, offerId))
  for (let moves = 0; !(await challenger.move()); ) {
    const before = told('move').length
    await until(async () => told('move').length > before || (await challenger.move()))
    if (told('move').length === before) break
    // The node's move is lost; later the challenger's and the node's before it too.
    if (moves < 4) await judged.reorganise(moves++ === 0 ? 1 : 3, challenger.block)
  }
  expect((await challenger.read())?.state.phase).toBeGreaterThan(0)
  await judged.passTime(judged.clock + 1)
  await until(async () => (await challenger.read())?.verdict !== undefined)
  expect((await challenger.read())?.verdict).toMatchObject({ convicted: false })
  // A verdict that is taken back is brought about again.
  await judged.reorganise(1, challenger.block)
  await until(async () => (await challenger.read())?.verdict !== undefined)
  await challenger.close()
})

test('a challenge that a reorganisation took back is forgotten, and its number may become another’s', async () => {
  const { url, offerId, told } = await open()
  const [one, other] = [await judged.buy(url, offerId), await judged.buy(url, offerId)]
  const lost = await judged.challenge(one)
  await until(() => told('move').length > 0)
  await judged.reorganise(2, 0n)
  const challenger = await judged.challenge(other)
  expect(challenger.game).toBe(lost.game)
  await until(() => told('move').length > 1)
  expect(told('challenged').length).toBe(2)
  await Promise.all([lost.close(), challenger.close()])
})

test('plays several games at once, and none that nobody may open any more', async () => {
  const { node, url, offerId, told } = await open()
  const answers = [await judged.buy(url, offerId), await judged.buy(url, offerId), await judged.buy(url, offerId)]
  const players = []
  for (const bought of answers) players.push(await judged.challenge(bought))
  await Promise.all(players.map((player) => until(() => player.move())))
  await judged.passTime(judged.clock + 1)
  await until(() => told('verdict').length === players.length)
  expect(told('verdict').every(({ convicted }) => !convicted)).toBe(true)
  expect(node.status().disputes).toMatchObject({ on: [], convicted: 0 })
  const [late] = answers
  if (!late) throw new Error('nothing was bought')
  await judged.passTime(judged.window)
  await expect(judged.challenge(late)).rejects.toMatchObject({ code: 'WindowClosed' })
  await Promise.all(players.map((player) => player.close()))
})

test('says so when it is challenged about a receipt that its store does not know', async () => {
  const selling = await open()
  const bought = await judged.buy(selling.url, selling.offerId)
  await judged.shop.closeNodes()
  const { node, told } = await open()
  const challenger = await judged.challenge(bought)
  await until(() => told('dispute-problem').length > 0)
  expect(node.status().disputes?.warnings).toEqual([expect.stringContaining('its store does not know it')])
  await challenger.close()
})

/** A node in a process of its own, which can be ended without warning. */
let running: ServerProcess | undefined
async function start(parameters: NodeParameters): Promise<string> {
  running = await startNode(parameters, judged.shop.market.blobsFolder)
  return running.url
}

test('killed again and again in the middle of a game, it goes on after every start', async () => {
  const { folder, parametersOf } = judged.shop
  const offerId = await judged.offer()
  const kept = { ...parametersOf(offerId), limits: LIMITS, folder: mkdtempSync(join(folder, 'killed-')) }
  const challenger = await judged.challenge(await judged.buy(await start(kept), offerId))
  const restart = async () => {
    await running?.end()
    await start(kept)
  }
  let kills = 0
  for (let ended = false; !ended && kills < 3; kills++) {
    // Somewhere between the challenger's move and the answer, which takes some tenths of a second.
    await sleep(Math.random() * 700)
    await restart()
    ended = await challenger.move()
  }
  await until(() => challenger.move())
  await judged.passTime(judged.clock + 1)
  await restart()
  await until(async () => (await challenger.read())?.verdict !== undefined)
  expect((await challenger.read())?.verdict).toMatchObject({ convicted: false })
  await challenger.close()
})
