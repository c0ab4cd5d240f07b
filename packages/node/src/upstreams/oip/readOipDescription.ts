import { z } from 'zod'
import { ModelFailedError } from '../../models/errors.ts'
import { callUpstream, readUpstreamJson } from '../callUpstream.ts'
import { UpstreamError } from '../errors.ts'
import type { Upstream } from '../upstream.ts'

const tensor = z.object({
  name: z.string().min(1).max(200),
  datatype: z.string().max(20),
  shape: z.array(z.int()).max(8),
})
const description = z.object({ inputs: z.array(tensor).max(64), outputs: z.array(tensor).max(64) })

/** Inputs and outputs by the server's own names. */
export type OipDescription = z.infer<typeof description>

const NONE: OipDescription = { inputs: [], outputs: [] }

/** What the server says of its model; nothing where it answers that it describes none. Throws as `callUpstream` where it does not answer. */
export async function readOipDescription(upstream: Upstream, signal?: AbortSignal): Promise<OipDescription> {
  try {
    const response = await callUpstream(upstream, { path: `/v2/models/${encodeURIComponent(upstream.model)}`, signal })
    return description.safeParse(await readUpstreamJson(upstream, response, signal)).data ?? NONE
  } catch (error) {
    if (error instanceof ModelFailedError && isAbsent(error)) return NONE
    throw error
  }
}

const isAbsent = ({ cause }: ModelFailedError): boolean => cause instanceof UpstreamError && cause.status === 404
