import type { Dispute, Ground, Outcome } from './dispute.ts'

/** What a seller was convicted of, in words. */
const CONVICTED_OF: Readonly<Record<Ground, string>> = {
  silence: 'the seller fell silent',
  count: 'its trace has another number of steps than the model',
  header: 'a tensor that it showed has another shape than the model gives',
  element: 'one element that it showed is not what the model gives',
  chunk: 'one partial sum that it showed is not what the model gives',
  response: 'its answer is not what its own computation ends with',
  malformed: 'its answer is none that the request allows, whatever the model computes',
  step: 'one step between the networks is not what the task makes of it',
  weights: 'it signed for other weights than the ledger has',
}

/** A dispute as the endpoint shows it (specs/gateway-http.md). Amounts in wei of the stake token, as decimal strings. */
export type DescribedDispute = {
  state: 'waiting' | 'playing' | Outcome['end']
  words: string
  game: string | null
  ground: Ground | null
  to_payer: string | null
  to_challenger: string | null
  burned: string | null
  transaction: string | null
}

/** @param tokens An amount as people read it; wei as they are, without it. */
export function describeDispute(
  { outcome, game, note }: Dispute,
  tokens: (wei: bigint) => string = (wei) => `${wei} wei`,
): DescribedDispute {
  const convicted = outcome?.end === 'convicted' ? outcome : undefined
  return {
    state: outcome?.end ?? (game === undefined ? 'waiting' : 'playing'),
    words: wordsOf(outcome, game, note, tokens),
    game: game === undefined ? null : String(game),
    ground: convicted?.ground ?? null,
    to_payer: convicted ? String(convicted.toPayer) : null,
    to_challenger: convicted ? String(convicted.toChallenger) : null,
    burned: convicted ? String(convicted.burned) : null,
    transaction: (outcome?.end === 'forgone' ? undefined : outcome?.transaction) ?? null,
  }
}

function wordsOf(
  outcome: Outcome | undefined,
  game: bigint | undefined,
  note: string,
  tokens: (wei: bigint) => string,
): string {
  switch (outcome?.end) {
    case 'convicted': {
      const { ground, toPayer, toChallenger, burned } = outcome
      const stake = `The seller's stake paid the payer ${tokens(toPayer)} and the dispute account ${tokens(toChallenger)}`
      return `Convicted: ${CONVICTED_OF[ground]}. ${stake}; ${tokens(burned)} burned.`
    }
    case 'lost':
      return `Lost: ${outcome.reason}. The bond went to the seller, less what burned.`
    case 'forgone':
      return `Not disputed: ${outcome.reason}.`
    case undefined:
      return note || (game === undefined ? 'A dispute is to begin.' : `Game ${game} is played.`)
  }
}
