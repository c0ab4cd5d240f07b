import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bytesToHex, type Hex } from '@stoa/protocol'
import { challengeAnswer, getBond, listGames, readGame } from '@stoa/sdk'
import { createTestClient, http } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DISPUTE_FUNDS, openDisputing, until } from '../testing/disputing.ts'
import { request } from '../testing/judgedGoods.ts'
import { type JudgedShop, openJudgedShop } from '../testing/judgedShop.ts'
import { openShop } from '../testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const cheats = () => createTestClient({ mode: 'anvil', transport: http(shop.market.rpcUrl) })
const gamesAgainst = (provider: Hex) => listGames(shop.market.reader, { deployment: shop.market.deployment, provider })

const PROCESS = fileURLToPath(new URL('../testing/disputingGateway.ts', import.meta.url))

test('a gateway that is killed in mid-game, again and again, goes on, and challenges once', async () => {
  const liar = await openJudgedShop(shop.market, { name: 'test/killed' })
  // The seller answers nothing yet, so that this gateway can't finish before it closes.
  const buyer = await openDisputing(shop, { interval: 3_600_000 })
  const { record } = await buyer.gateway.infer({ model: 'test/killed', request })
  await until(() => buyer.gateway.dispute(record.digest) !== undefined)
  await buyer.gateway.close()

  const { sessionKey, disputes, logger: _, ...rest } = buyer.parameters
  const given = { ...rest, sessionKey: bytesToHex(sessionKey), disputes: { ...disputes, interval: 30 } }
  const said: string[] = []
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [PROCESS, JSON.stringify(given)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => said.push(line))
    return child
  }
  const isOver = () => said.some((line) => line.startsWith('convicted'))
  for (let round = 0; !isOver(); round++) {
    expect(round).toBeLessThan(40)
    const child = start()
    const steps = said.length
    // At times before it says anything; else after one step or two, and between any two things that the next is made of.
    if (round % 4 === 3) await sleep(400 + 100 * round)
    else await until(() => isOver() || said.length > steps + (round % 2))
    await sleep((round * 37) % 90)
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
  const games = await gamesAgainst(liar.seller.address)
  expect(games.map(({ on }) => on)).toEqual([false])
  expect(await buyer.holds()).toBeGreaterThan(DISPUTE_FUNDS)
  await liar.close()
})

test('a chain that takes back what it had, the challenge too, changes nothing about the end', async () => {
  const liar = await openJudgedShop(shop.market, { name: 'test/reorg' })
  const buyer = await openDisputing(shop)
  const snapshot = await cheats().snapshot()
  const { record } = await buyer.gateway.infer({ model: 'test/reorg', request })
  await until(() => buyer.steps().filter((step) => step !== 'wait').length >= 3)
  await cheats().revert({ id: snapshot })
  expect(await buyer.ended(record.digest)).toMatchObject({ state: 'convicted' })
  expect(buyer.steps().filter((step) => step === 'challenge')).toHaveLength(2)
  expect((await gamesAgainst(liar.seller.address)).map(({ on }) => on)).toEqual([false])
  await liar.close()
})

test('many lies at once are played as far as bonds may be out, each to its end', async () => {
  const liars: JudgedShop[] = []
  for (const n of [1, 2, 3]) liars.push(await openJudgedShop(shop.market, { name: `test/many${n}` }))
  const buyer = await openDisputing(shop, { mostBonds: 2 })
  const bought = await Promise.all(liars.map(({ name }) => buyer.gateway.infer({ model: name, request })))
  for (const { record } of bought)
    expect(await buyer.ended(record.digest)).toMatchObject({ state: 'convicted', to_challenger: expect.any(String) })
  expect(buyer.gateway.status().disputes).toMatchObject({ open: 0, convicted: 3 })
  await Promise.all(liars.map((liar) => liar.close()))
})

test('what others challenge first makes the bond dearer: it is posted as far as it may be, and comes back', async () => {
  const { reader, deployment } = shop.market
  const liar = await openJudgedShop(shop.market, { name: 'test/dearer' })
  // Neither has what a dispute takes before the bond has grown.
  const careful = await openDisputing(shop, { mostBonds: 2, funds: 1n })
  const bold = await openDisputing(shop, { funds: 1n })
  const { record } = await careful.gateway.infer({ model: 'test/dearer', request })
  const other = await bold.gateway.infer({ model: 'test/dearer', request })
  const waits = (buyer: typeof careful) => until(() => (buyer.gateway.status().disputes?.problems.length ?? 0) > 0)
  await Promise.all([waits(careful), waits(bold)])
  const filler = await shop.market.account(20_000_000n)
  for (const { receipt } of [record, record, other.record, other.record])
    await challengeAnswer(filler, { deployment, receipt, signature: receipt.signature })
  const bond = await getBond(reader, { deployment, receiptDigest: other.record.digest })
  expect(bond).toBe(6_000_000n)

  await shop.market.fund(careful.account, DISPUTE_FUNDS)
  await until(() => careful.gateway.dispute(record.digest)?.words.includes(`The bond would be ${bond} wei`) ?? false)
  await shop.market.fund(bold.account, bond)
  expect(await bold.ended(other.record.digest)).toMatchObject({ state: 'convicted' })
  const own = (await gamesAgainst(liar.seller.address)).find(({ challenger }) => challenger === bold.account)
  const played = await readGame(reader, { deployment, game: own?.game ?? 0n })
  expect(played?.state.bond).toBe(bond)
  expect(await bold.holds()).toBeGreaterThan(bond)
  await liar.close()
})

test('a seller that falls silent loses when its clock has run out', async () => {
  const liar = await openJudgedShop(shop.market, { name: 'test/silent' })
  await liar.fallSilent()
  const buyer = await openDisputing(shop)
  const { record } = await buyer.gateway.infer({ model: 'test/silent', request })
  await until(() => buyer.gateway.dispute(record.digest)?.words.startsWith('It is the seller') ?? false)
  await cheats().increaseTime({ seconds: 2 * 86_400 + 60 })
  await cheats().mine({ blocks: 1 })
  expect(await buyer.ended(record.digest)).toMatchObject({ state: 'convicted', ground: 'silence' })
  await liar.close()
})
