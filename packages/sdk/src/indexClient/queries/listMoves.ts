import * as z from 'zod/mini'
import { big, count, hex, logShape } from '../columns.ts'
import { type Question, question } from '../question.ts'

const moveSchema = z.object({
  ...logShape,
  gameId: big,
  number: count,
  /** The arbiter's event: `challenged`, `rowPosted`, `descended`, …, `convicted`, `dismissed`. */
  kind: z.string(),
  sender: hex,
  /** The game after the move; null for `staged` and verdicts, which do not show it. */
  phase: z.nullable(z.string()),
  entries: z.nullable(count),
  /** The entry picked, and the node that the game has come to: its digest, its number in its level, levels beneath it. */
  entry: z.nullable(count),
  node: z.nullable(hex),
  nodeIndex: z.nullable(big),
  below: z.nullable(count),
  element: z.nullable(big),
  sellerLeft: z.nullable(count),
  challengerLeft: z.nullable(count),
  /** The event's other arguments; long bytes are cut. */
  details: z.record(z.string(), z.unknown()),
})

export type GameMove = z.output<typeof moveSchema>

export type ListMovesParameters = { gameId: bigint }

/** A game's moves from the first: the walk from a whole computation down to the lie. */
export function listMoves({ gameId }: ListMovesParameters): Question<GameMove[]> {
  return question(moveSchema, 'select * from moves where game_id = $1 order by number', [gameId])
}
