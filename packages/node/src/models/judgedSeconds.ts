import { JUDGED_TASKS } from '@stoa/engine/dispute'
import { type Address, type ModelCard, type Offer, profileOfCard } from '@stoa/protocol'
import { type Deployment, getArbiterTerms, isJudged, type ReadClient } from '@stoa/sdk'

export type JudgedOffer = { offer: Pick<Offer, 'proofKind' | 'arbiter' | 'profile'>; card: ModelCard }

/**
 * For how long a contract can judge an answer under an offer: seconds from the answer to the end of the longest game about it. Undefined for attested offers. Calls `refuse`
 * for an exact offer that this node cannot defend: another arbiter than the deployment's, or a model that is not what its profile judges.
 */
export async function judgedSeconds(
  client: ReadClient,
  deployment: Deployment,
  { offer, card }: JudgedOffer,
  refuse: (why: string, hint: string) => never,
): Promise<number | undefined> {
  if (offer.proofKind !== 'exact') return undefined
  const { arbiter } = deployment
  if (!arbiter || !isSame(arbiter, offer.arbiter))
    return refuse(
      `its arbiter ${offer.arbiter} is not the deployment's, ${arbiter ?? 'which has none'}`,
      'A node defends answers before the judge of its own deployment only: make another offer.',
    )
  const { challengeWindow, longestGame } = await getArbiterTerms(client, { deployment })
  const profile = profileOfCard(card)
  const playable = JUDGED_TASKS.some((task) => task === card.task)
  if (!profile || offer.profile !== profile || !playable || !(await isJudged(client, { deployment, profile })))
    return refuse(
      `its judge does not judge ${card.name}`,
      'Exact offers need a model of a judged task with its formulas.bin (specs/formulas.md): offer it as attested, or publish it with that file.',
    )
  return challengeWindow + longestGame
}

const isSame = (a: Address, b: Address): boolean => a.toLowerCase() === b.toLowerCase()
