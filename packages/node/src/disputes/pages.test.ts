import { setTimeout as sleep } from 'node:timers/promises'
import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import { createChainClient } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NodeEvent } from '../events.ts'
import { type JudgedShop, judgedPage, openJudgedShop } from '../testing/judgedShop.ts'
import { addressOfKey } from '../testing/localMarket.ts'

let judged: JudgedShop
beforeAll(async () => {
  judged = await openJudgedShop(judgedPage())
  const { deployment, chain, signerKey } = judged.shop.market
  const faucet = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  await fundAccount(faucet, { deployment, to: addressOfKey(signerKey), wei: 10n ** 18n })
})
afterAll(() => judged.shop.close())

const until = async (what: () => Promise<boolean> | boolean) => {
  while (!(await what())) await sleep(50)
}

test('a node that read a page rightly shows its steps, then the detector’s run, and is acquitted', async () => {
  const events: NodeEvent[] = []
  const logger = (event: NodeEvent) => void events.push(event)
  const limits = { refreshSeconds: 1, disputePollSeconds: 0.1 }
  const { node, url, offerId } = await judged.shop.open({ logger, limits }, judged.exact)
  const challenger = await judged.challenge(await judged.buy(url, offerId))
  await until(() => challenger.move())
  await until(() => node.status().disputes?.on[0]?.waitsFor === 'challenger')
  // The challenger takes another model for the one that was sold: it went from the page into a graph, to the first tensor there that differs.
  expect((await challenger.read())?.stage?.stage).toBeDefined()
  const moves = events.flatMap((event) => (event.event === 'move' ? [event.move] : []))
  expect(moves.filter((move) => move === 'commit').length).toBe(2)
  expect(moves).toContain('open')
  await judged.passTime(judged.clock + 1)
  await until(async () => (await challenger.read())?.verdict !== undefined)
  expect((await challenger.read())?.verdict).toMatchObject({ convicted: false })
  await until(() => node.status().disputes?.acquitted === 1)
  expect(node.status().disputes).toMatchObject({ on: [], convicted: 0, warnings: [] })
  await challenger.close()
})
