import { rm } from 'node:fs/promises'
import { readOutside, UNITS } from '@stoa/protocol'
import { stake } from '@stoa/sdk'
import { diskBlobStore } from '@stoa/storage'
import { z } from 'zod'
import { requireConfig } from '../commands/context.ts'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import type { Home } from '../home/home.ts'
import { publishBundle } from '../market/publishBundle.ts'
import { serveOffer } from '../market/serveOffer.ts'
import type { Printer } from '../output/printer.ts'
import { filesFolder, type Offered, type Published, readDraft, recordOffered, recordPublished } from './draft.ts'

const wei = z
  .string()
  .regex(/^\d{1,60}$/)
  .transform(BigInt)

/** Terms of publishing: shares in parts per million and basis points. */
export const publishTerms = z.object({
  ownerSharePpm: z.int().min(0).max(1_000_000),
  resaleFeeBps: z.int().min(0).max(5_000),
})
/** An offer's terms; amounts in wei. */
export const offerTerms = z.object({
  unit: z.enum(UNITS),
  price: wei.refine((price) => price > 0n, 'must be more than nothing'),
  exposure: wei,
  slashCap: wei,
})
export const stakeTerms = z.object({ amount: wei.refine((amount) => amount > 0n, 'must be more than nothing') })

export type DraftOrders = Record<'publishDraft' | 'offerDraft' | 'stake', (body: unknown) => Promise<unknown>>

/**
 * What takes keys on a draft's way to market, one at a time: the dashboard asks for it and has none. Each step that was done is found done when it is asked for
 * again, so that no lost answer makes a second model or a second offer.
 */
export function draftOrders(home: Home, reload: () => Promise<unknown>): DraftOrders {
  let busy = false
  const alone =
    <terms>(schema: z.ZodType<terms>, work: (terms: terms) => Promise<unknown>) =>
    async (body: unknown) => {
      if (busy)
        throw new CommandError('Another step is under way.', {
          ...{ code: 'BUSY', retry: true },
          hint: 'Wait until it is done.',
        })
      busy = true
      try {
        const terms = readOutside(schema, body, 'What was sent')
        if (!terms.success)
          throw new CommandError('These terms can’t be read.', {
            ...{ code: 'INVALID_ARGUMENT', details: terms.words },
            hint: 'specs/dashboard-http.md, "Providing", says what each step takes.',
          })
        return await work(terms.data)
      } finally {
        busy = false
      }
    }
  return {
    publishDraft: alone(publishTerms, (terms) => publishDraft(home, terms)),
    offerDraft: alone(offerTerms, (terms) => offerDraft(home, terms, reload)),
    stake: alone(stakeTerms, (terms) => addStake(home, terms)),
  }
}

/** The page tells how far it is. */
const QUIET: Pick<Printer, 'step'> = { step: (_name, work) => work() }

async function publishDraft(home: Home, terms: z.infer<typeof publishTerms>): Promise<Published> {
  const { published, card, files, checked } = readDraft(home)
  if (published) return published
  if (!card || !checked)
    throw outOfOrder('The model was not checked.', 'Choose files, fill in the card, and check them.')
  const config = await requireConfig(home)
  const done = await publishBundle(await roleClient(home, config, 'owner'), {
    deployment: config.deployment,
    blobs: await diskBlobStore({ folder: home.blobs }),
    folder: filesFolder(home),
    files: files.map(({ path }) => path),
    card,
    ...terms,
  })
  const { modelId, hash, gasUsed } = done
  const told = { modelId: String(modelId), hash, gasUsed: String(gasUsed) }
  recordPublished(home, told)
  // From here on they are among the blobs.
  await rm(filesFolder(home), { recursive: true, force: true })
  return told
}

async function offerDraft(
  home: Home,
  terms: z.infer<typeof offerTerms>,
  reload: () => Promise<unknown>,
): Promise<Offered> {
  const { published, offered, upstream } = readDraft(home)
  if (offered) return offered
  if (!published) throw outOfOrder('The model is not published.', 'Publish it first.')
  const config = await requireConfig(home)
  const { offerId, offer, hash, gasUsed } = await serveOffer(await roleClient(home, config, 'provider'), {
    ...{ home, config, reload, upstream },
    blobs: await diskBlobStore({ folder: home.blobs }),
    terms: { ...terms, payee: config.accounts.payee, modelId: BigInt(published.modelId) },
    printer: QUIET,
  })
  const told = { offerId, proofKind: offer.proofKind, hash, gasUsed: String(gasUsed) }
  recordOffered(home, told)
  return told
}

async function addStake(home: Home, { amount }: z.infer<typeof stakeTerms>) {
  const config = await requireConfig(home)
  const client = await roleClient(home, config, 'provider')
  const { hash, gasUsed, approval } = await stake(client, { deployment: config.deployment, amount })
  return { hash, gasUsed: gasUsed + (approval?.gasUsed ?? 0n) }
}

function outOfOrder(message: string, hint: string): CommandError {
  return new CommandError(message, { code: 'DRAFT_INCOMPLETE', hint })
}
