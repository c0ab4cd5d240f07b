import { type Hex, PHASES } from '@stoa/protocol'
import { game, move, verdict } from '../../schema/index.ts'
import { type Happened, logOf, originOf, timeOf } from '../origin.ts'
import { plain } from '../plain.ts'
import { offerRow } from '../rows.ts'
import type { Db, Handlers } from '../types.ts'

/** By the contract's numbers (contracts/src/types/Dispute.sol). */
const GROUNDS = ['silence', 'count', 'header', 'element', 'chunk', 'response', 'weights', 'malformed', 'step']

/** A game as events show it; what of it is not named here, readers take from the chain. */
type State = {
  challenger: Hex
  phase: number
  since: number
  sellerLeft: number
  challengerLeft: number
  entries: number
  node: Hex
  index: bigint
  below: number
  entry: number
  element: bigint
}

export const games: Handlers<'arbiter'> = {
  async Challenged(event, db) {
    const { game: id, receiptDigest, provider, state, receipt, signature } = event.args
    const { offerId, payer } = receipt
    const { modelId } = await offerRow(db, offerId)
    const parties = { receiptDigest, offerId, modelId, provider, payer, challenger: state.challenger }
    const ending = { ground: null, taken: null, burned: null, endedAt: null }
    await db.insert(game).values({
      id,
      ...parties,
      status: 'on',
      moves: 0,
      ...clocks(state),
      ...ending,
      openedAt: timeOf(event),
      ...originOf(event),
    })
    await played(db, event, 'challenged', { id, state, details: { receipt, signature } })
  },
  Staged: (event, db) => {
    const { game: id, place, stage } = event.args
    return played(db, event, 'staged', { id, details: { place, stage } })
  },
  Entered: (event, db) => played(db, event, 'entered', split(event.args)),
  RowPosted: (event, db) => played(db, event, 'rowPosted', split(event.args)),
  Descended: (event, db) => played(db, event, 'descended', split(event.args)),
  Opened: (event, db) => played(db, event, 'opened', split(event.args)),
  LeavesPosted: (event, db) => played(db, event, 'leavesPosted', split(event.args)),
  Disputed: (event, db) => played(db, event, 'disputed', split(event.args)),
  Folded: (event, db) => played(db, event, 'folded', split(event.args)),
  Narrowed: (event, db) => played(db, event, 'narrowed', split(event.args)),

  async Convicted(event, db) {
    const { game: id, receiptDigest, challenger, ground: code, taken, burned } = event.args
    const ground = GROUNDS[code] ?? `${code}`
    const gameId = id === 0n ? null : id
    const amounts = { ground, taken, burned }
    await db.insert(verdict).values({ ...logOf(event), gameId, receiptDigest, challenger, convicted: true, ...amounts })
    if (gameId === null) return
    await played(db, event, 'convicted', { id, details: amounts })
    await db.update(game, { id }).set({ status: 'convicted', phase: 'over', endedAt: timeOf(event), ...amounts })
  },

  async Dismissed(event, db) {
    const { game: gameId, subject: receiptDigest, challenger } = event.args
    const amounts = { ground: null, taken: 0n, burned: 0n }
    await db
      .insert(verdict)
      .values({ ...logOf(event), gameId, receiptDigest, challenger, convicted: false, ...amounts })
    await played(db, event, 'dismissed', { id: gameId, details: {} })
    await db.update(game, { id: gameId }).set({ status: 'dismissed', phase: 'over', endedAt: timeOf(event) })
  },
}

type Played = { id: bigint; state?: State; details: Record<string, unknown> }

/** A move's state, and apart what else its event says. */
function split({ game: id, state, ...details }: { game: bigint; state: State } & Record<string, unknown>): Played {
  return { id, state, details }
}

function clocks({ phase, since, sellerLeft, challengerLeft, entries }: State) {
  return { phase: PHASES[phase] ?? `${phase}`, since, sellerLeft, challengerLeft, entries }
}

/** Writes a move, and what it made of the game. */
async function played(db: Db, event: Happened, kind: string, { id, state, details }: Played): Promise<void> {
  const { moves: number } = await db
    .update(game, { id })
    .set((row) => ({ moves: row.moves + 1, ...(state && clocks(state)) }))
  const shown = state
    ? {
        ...{ phase: PHASES[state.phase] ?? `${state.phase}`, entries: state.entries, entry: state.entry },
        ...{ node: state.node, nodeIndex: state.index, below: state.below, element: state.element },
        ...{ sellerLeft: state.sellerLeft, challengerLeft: state.challengerLeft },
      }
    : {}
  const sender = event.transaction.from
  await db.insert(move).values({ ...logOf(event), gameId: id, number, kind, sender, ...shown, details: plain(details) })
}
