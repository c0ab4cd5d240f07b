import { randomInt } from 'node:crypto'
import { type openCourt, operatorPlaces, requestOf, sellerLyingAt } from '@stoa/engine/dispute/testing'
import type { BenchGoal, BenchRow } from '../result.ts'
import type { Played } from './played.ts'

/** Lies about every kind of node of formulas and every operator that makes a tensor, by construction, `games` each: what it takes to convict them. */
export async function judgeOperators(
  court: Awaited<ReturnType<typeof openCourt>>,
  games: number,
): Promise<{ rows: BenchRow[]; goals: BenchGoal[] }> {
  const all: Played[] = []
  const rows: BenchRow[] = []
  for (const [operator, places] of operatorPlaces()) {
    const played: Played[] = []
    for (let game = 0; game < games; game++) {
      const started = performance.now()
      const place = places[game % places.length]
      if (!place) throw new Error(`there is no place to lie about ${operator}`)
      const { element: _, ...seller } = sellerLyingAt(place, randomInt(2 ** 30))
      const result = await court.play({ ...place.simulation, ...seller, request: requestOf(place.simulation) })
      played.push({ ...result, operator, seconds: (performance.now() - started) / 1000 })
    }
    all.push(...played)
    rows.push(...rowsOf(operator, played))
  }
  const convicted = all.filter((game) => game.convicted).length
  const met = convicted === all.length
  return {
    rows,
    goals: [{ goal: 'every operator: liars convicted', value: convicted, target: all.length, unit: '', met }],
  }
}

function rowsOf(operator: string, played: readonly Played[]): BenchRow[] {
  const most = (of: (game: Played) => number) => Math.max(...played.map(of))
  const gas = ({ moves }: Played, by: 'seller' | 'challenger') =>
    moves.reduce((sum, move) => sum + (move.by === by ? Number(move.gas) : 0), 0)
  const row = (what: string, ours: number, unit: string): BenchRow => ({
    ...{ case: `a lie about ${operator}: ${what}`, ours, unit, peer: Number.NaN, peerName: '', ratio: Number.NaN },
  })
  return [
    row('games', played.length, ''),
    row(
      'transactions, most',
      most(({ moves }) => moves.length),
      '',
    ),
    row(
      'gas of the seller, most',
      most((game) => gas(game, 'seller')),
      'gas',
    ),
    row(
      'gas of the challenger, most',
      most((game) => gas(game, 'challenger')),
      'gas',
    ),
    row(
      'last step, most',
      most(({ moves }) => Number(moves.at(-1)?.gas ?? 0)),
      'gas',
    ),
    row(
      'wall time, most',
      most(({ seconds }) => seconds),
      's',
    ),
  ]
}
