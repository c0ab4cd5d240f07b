import { first, type Question } from '../question.ts'
import { type IndexedGame, listGames } from './listGames.ts'

export type GetGameParameters = { gameId: bigint }

/** One game; undefined where there is none. Its moves are another question. */
export function getGame({ gameId }: GetGameParameters): Question<IndexedGame | undefined> {
  return first(listGames({ gameId }))
}
