import { modelCardSchema } from '@stoa/protocol'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { type RequestParameters, request } from './request.ts'
import { bytes32, wei } from './schemas.ts'

/** A card as its author fills it in. */
export const draftCardSchema = modelCardSchema.omit({ stoa: true, files: true })

const draftSchema = z.object({
  files: z.array(z.object({ path: z.string(), bytes: z.number(), root: bytes32 })),
  card: draftCardSchema.optional(),
  /** The server that answers in place of files. */
  upstream: z
    .object({ protocol: z.enum(['openai', 'oip']), url: z.string(), model: z.string(), hasKey: z.boolean() })
    .optional(),
  checked: z.boolean(),
  published: z.object({ modelId: wei, hash: bytes32, gasUsed: wei }).optional(),
  offered: z
    .object({ offerId: bytes32, proofKind: z.enum(['exact', 'attested']), hash: bytes32, gasUsed: wei })
    .optional(),
})

export type DraftCard = z.infer<typeof draftCardSchema>
/** A model on its way to market (specs/dashboard-http.md, "Providing"). The home keeps it, not the page. */
export type Draft = z.infer<typeof draftSchema>

export const draftQuery = queryOptions({
  queryKey: ['draft'],
  queryFn: ({ signal }) => callDraft('', { signal }),
})

/** Calls what is under `/api/home/draft`; the draft as it is then. */
export function callDraft(path: string, parameters?: RequestParameters): Promise<Draft> {
  return request(`/api/home/draft${path}`, draftSchema, parameters)
}

/** Has a step taken that needs a key of the home; the draft as it is then. */
export async function stepDraft(step: 'publish' | 'offer', body: unknown): Promise<Draft> {
  return (await request(`/api/home/draft/${step}`, z.object({ draft: draftSchema }), { body })).draft
}

const staked = z.object({ done: z.object({ hash: bytes32, gasUsed: wei }) })

/** Adds to the stake of the home's provider, in wei. */
export async function addStake(amount: bigint) {
  return (await request('/api/home/stake', staked, { body: { amount: String(amount) } })).done
}
