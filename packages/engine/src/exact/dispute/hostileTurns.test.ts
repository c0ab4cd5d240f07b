import { erc20Abi, graphArbiterAbi } from '@stoa/protocol/abi'
import { getArbiterTerms, getProvider, playMove, proveSilenceCall, readGame, sendCall, unbond } from '@stoa/sdk'
import { createTestClient, http } from 'viem'
import { readContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomFrom } from '../testing/graphs/random.ts'
import { openCourt, type Turn } from './testing/openCourt.ts'
import { randomCase, randomSeller, requestOf } from './testing/simulate.ts'

let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

const SLASH_CAP = 1_000_000n
const cheats = () => createTestClient({ mode: 'anvil', transport: http(court.chain.rpcUrl) })

/** Liars' games about random graphs, with something done before every right move. */
async function playLiars(firstSeed: number, games: number, beforeMove: (turn: Turn, seed: number) => Promise<void>) {
  let played = 0
  for (let seed = firstSeed; played < games; seed++) {
    const simulation = randomCase(seed)
    if (!simulation) continue
    played++
    const { lie: _, ...seller } = randomSeller(simulation, seed)
    const result = await court.play({
      ...{ ...simulation, ...seller, request: requestOf(simulation) },
      beforeMove: (turn) => beforeMove(turn, seed),
    })
    expect({ seed, ...result }).toMatchObject({ convicted: true })
    expect(await held()).toBe(0n)
  }
}

const arbiter = () => {
  if (!court.deployment.arbiter) throw new Error('the deployment has no arbiter')
  return court.deployment.arbiter
}
/** Wei that the judge holds. */
const held = () => {
  const { token } = court.deployment
  const call = { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [arbiter()] } as const
  return readContract(court.seller, call)
}
const stateOf = (game: bigint) =>
  readContract(court.seller, { address: arbiter(), abi: graphArbiterAbi, functionName: 'stateOf', args: [game] })
/** A right move, or the end of a game that its challenger left. */
type Made = Omit<Turn, 'call' | 'signed'> & { call: Turn['call'] | { move: 'dismiss'; args: [] } }
const make = ({ by, game, state, call }: Made) => {
  const { seller, challenger, deployment } = court
  const move = { deployment, game, state, ...call } as Parameters<typeof playMove>[1]
  return playMove(by === 'seller' ? seller : challenger, move)
}

test('a move a second too late is refused, whoever makes it and whatever it is; then the other side ends the game and is paid', async () => {
  const { deployment, seller, challenger } = court
  const { clock } = await getArbiterTerms(seller, { deployment })
  const late = new Set<string>()
  await playLiars(4_000, 6, async (turn) => {
    const { by, game, signed, call } = turn
    const now = await cheats().snapshot()
    await cheats().increaseTime({ seconds: clock + 1 })
    await cheats().mine({ blocks: 1 })
    await expect(make(turn), `${call.move} after the clock`).rejects.toThrow('refused')
    const played = await readGame(seller, { deployment, game })
    if (!played) throw new Error('the game is gone')
    if (by === 'seller')
      await sendCall(challenger, deployment.chainId, proveSilenceCall({ deployment, ...signed, played }))
    else await make({ ...turn, by: 'seller', call: { move: 'dismiss', args: [] } })
    const over = await readGame(seller, { deployment, game })
    expect(over?.verdict?.convicted).toBe(by === 'seller')
    expect(await held()).toBe(0n)
    late.add(call.move)
    // The chain takes it all back, and the game goes on.
    await cheats().revert({ id: now })
  })
  expect([...late]).toEqual(expect.arrayContaining(['commit', 'descend', 'open', 'proveElement']))
})

test('a chain that takes moves back, one or several, leaves the game where it was, and the same moves made again end it as they would have', async () => {
  const { deployment, seller } = court
  let takenBack = 0
  let refused = 0
  await playLiars(5_000, 6, async (turn, seed) => {
    const { game, state } = turn
    const kept = await stateOf(game)
    const random = randomFrom(seed * 1_000 + takenBack)
    await make(turn)
    const afterwards = await readGame(seller, { deployment, game })
    // The move's block and sometimes empty ones after it are replaced by others without it.
    const empty = random.int(0, 2)
    if (empty) await cheats().mine({ blocks: empty })
    await cheats().request({ method: 'anvil_reorg', params: [empty + 1, []] } as never)
    takenBack++
    expect(await stateOf(game)).toBe(kept)
    expect((await readGame(seller, { deployment, game }))?.state).toEqual(state)
    // Whoever believed the old chain is refused.
    if (afterwards && !afterwards.verdict) {
      await expect(make({ ...turn, state: afterwards.state })).rejects.toThrow('refused')
      refused++
    }
  })
  expect(takenBack).toBeGreaterThan(10)
  expect(refused).toBeGreaterThan(10)
})

test('a seller that unbonds all its stake in mid-game pays from what is leaving', async () => {
  const { deployment, seller } = court
  const provider = seller.account.address
  const { stake = 0n } = (await getProvider(seller, { deployment, provider })) ?? {}
  let gone = false
  await playLiars(6_000, 1, async () => {
    if (gone) return
    await unbond(seller, { deployment, amount: stake })
    gone = true
  })
  expect(await getProvider(seller, { deployment, provider })).toMatchObject({ stake: 0n, unbonding: stake - SLASH_CAP })
})
