import { type Address, type ModelCard, type Offer, type ProofKind, profileOfCard } from '@stoa/protocol'

export type BelievedProofParameters = {
  offer: Pick<Offer, 'proofKind' | 'arbiter' | 'profile' | 'slashCap'>
  /** The deployment's judge. */
  arbiter: Address | undefined
  /** Of the model; undefined where nobody gives it any more. */
  card: ModelCard | undefined
}

/**
 * What this gateway calls the answers under an offer: `exact` only where the deployment's own judge judges them, by the profile of the model's task and by formulas that its
 * bundle commits to, and a conviction costs something. Anybody may write a contract that judges nothing, and name it in an offer. That the judge knows the profile was checked by the
 * ProviderRegistry when the offer was made.
 */
export function believedProof({ offer, arbiter, card }: BelievedProofParameters): ProofKind {
  const judged = offer.proofKind === 'exact' && offer.slashCap > 0n && isSame(offer.arbiter, arbiter)
  return judged && (!card || profileOfCard(card) === offer.profile) ? 'exact' : 'attested'
}

const isSame = (a: Address, b: Address | undefined): boolean => a.toLowerCase() === b?.toLowerCase()
