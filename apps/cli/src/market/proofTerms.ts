import { type ModelCard, type Offer, profileOfCard } from '@stoa/protocol'
import { type Deployment, getProvider, isJudged } from '@stoa/sdk'
import { zeroAddress, zeroHash } from 'viem'
import { CommandError } from '../errors.ts'
import type { WriteClient } from '../home/clients.ts'

/** The part of an offer that says who judges its answers. */
export type ProofTerms = Pick<Offer, 'proofKind' | 'arbiter' | 'profile'>

const ATTESTED: ProofTerms = { proofKind: 'attested', arbiter: zeroAddress, profile: zeroHash }

/**
 * How answers of a model are proved: by the deployment's judge where it judges the model's profile, else by signature alone. Throws `CommandError` for a slash cap with
 * which a conviction would cost nothing, or more than is staked.
 */
export async function proofTerms(
  client: WriteClient,
  parameters: { deployment: Deployment; card: ModelCard; slashCap: bigint },
): Promise<ProofTerms> {
  const { deployment, card, slashCap } = parameters
  const { arbiter } = deployment
  const profile = profileOfCard(card)
  if (!arbiter || !profile || !(await isJudged(client, { deployment, profile }))) return ATTESTED
  if (slashCap === 0n)
    throw new CommandError('A contract judges this model, and with a slash cap of 0 a conviction would cost nothing.', {
      code: 'INVALID_ARGUMENT',
      hint: 'Leave --slash-cap out, or give what a wrong answer is to cost; buyers see it.',
    })
  const { stake = 0n } = (await getProvider(client, { deployment, provider: client.account.address })) ?? {}
  if (stake < slashCap)
    throw new CommandError(`${stake} wei are staked, less than the slash cap of ${slashCap} wei.`, {
      code: 'INSUFFICIENT_STAKE',
      hint: 'Add stake, or lower --slash-cap. The stake must cover one conviction, and stays slashable for as long as answers can be judged.',
    })
  return { proofKind: 'exact', arbiter, profile }
}
