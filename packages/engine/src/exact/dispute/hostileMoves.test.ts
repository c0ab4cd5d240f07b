import { erc20Abi } from '@stoa/protocol/abi'
import { playMove, type WriteClient } from '@stoa/sdk'
import { readContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomFrom } from '../testing/graphs/random.ts'
import { type Call, sellerCall } from './callOf.ts'
import type { Game } from './game.ts'
import { openCourt } from './testing/openCourt.ts'
import { randomCase, randomSeller, requestOf } from './testing/simulate.ts'

let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

const GAMES = 8
const HASH = `0x${'5a'.repeat(32)}` as const

/** Moves that are right at no state of these games: noise where the seller's data should be, nodes and indices that there are not. */
const NOISE: readonly Call[] = [
  { move: 'commit', args: [0, []] },
  { move: 'commit', args: [4_000_000_000, [HASH]] },
  { move: 'expand', args: [Array<string>(300).fill(HASH)] },
  { move: 'open', args: ['0x00', [], '0x'] },
  { move: 'reveal', args: [`0x${'ab'.repeat(9_000)}`] },
  { move: 'fold', args: [[], '0x'] },
  { move: 'descend', args: [2n ** 40n, HASH, [HASH]] },
  { move: 'narrow', args: [[], { claim: 0n, part: 0n, before: 0n, afterwards: 0n, path: [] }] },
  { move: 'dismiss', args: [] },
] as Call[]

test('moves that are repeated, out of turn, of another game or noise change nothing: the game ends as it must, and pays out all it holds', async () => {
  const { seller, challenger, deployment } = court
  const refused = async (client: WriteClient, game: bigint, state: Game, { move, args }: Call) => {
    const call = { deployment, game, state, move, args } as Parameters<typeof playMove>[1]
    await expect(playMove(client, call), `${move} in phase ${state.phase}`).rejects.toThrow('refused')
  }
  let games = 0n
  for (let seed = 2_000; games < GAMES; seed++) {
    const simulation = randomCase(seed)
    if (!simulation) continue
    games++
    const random = randomFrom(seed)
    const told = randomSeller(simulation, seed)
    const moves: { state: Game; call: Call }[] = []
    const respond: typeof told.respond = async (state, folds, own) => {
      const call = random.pick([...NOISE])
      for (const client of [seller, challenger]) await refused(client, games, state, call)
      const before = random.pick([undefined, ...moves])
      if (before) {
        await refused(seller, games, before.state, before.call) // once more
        await refused(seller, games, state, before.call) // at another state than it was made at
      }
      const move = await told.respond(state, folds, own)
      if (!move) return undefined
      await refused(challenger, games, state, sellerCall(move)) // the other side's
      await refused(seller, games + 1n, state, sellerCall(move)) // in a game that there is not
      if (games > 1n) await refused(seller, games - 1n, state, sellerCall(move)) // in one that is over
      moves.push({ state, call: sellerCall(move) })
      return move
    }
    const result = await court.play({ ...simulation, ...told, respond, request: requestOf(simulation) })
    expect({ seed, ...result }).toMatchObject({ convicted: true })
    const { arbiter, token } = deployment
    if (!arbiter) throw new Error('the deployment has no arbiter')
    const held = { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [arbiter] } as const
    expect(await readContract(seller, held)).toBe(0n)
  }
})
