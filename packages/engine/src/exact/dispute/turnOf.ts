import { type Game, PHASES } from './game.ts'
import type { Side } from './player/player.ts'

/** Whose turn it is; undefined when the game is over. */
export function turnOf({ phase }: Pick<Game, 'phase'>): Side | undefined {
  switch (PHASES[phase]) {
    case 'commit':
    case 'expandInTrace':
    case 'open':
    case 'expandInTensor':
    case 'reveal':
    case 'fold':
    case 'refold':
      return 'seller'
    case 'pickInTrace':
    case 'pickInTensor':
    case 'examine':
    case 'pickPart':
    case 'pickSubpart':
      return 'challenger'
    default:
      return undefined
  }
}

/** The last unix second in which the side whose turn it is may move: then its clock is empty. */
export function deadlineOf(game: Pick<Game, 'phase' | 'since' | 'sellerLeft' | 'challengerLeft'>): number {
  return game.since + (turnOf(game) === 'seller' ? game.sellerLeft : game.challengerLeft)
}
