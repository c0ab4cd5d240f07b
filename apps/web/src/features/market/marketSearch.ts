import { z } from 'zod'

/** What of the market is shown: all of it is in the address, so that a view can be sent to somebody. */
export const marketSearch = z.object({
  q: z.string().max(200).optional().catch(undefined),
  task: z.enum(['ocr', 'embedding', 'generate', 'chat', 'graph']).optional().catch(undefined),
  proof: z.enum(['exact', 'attested']).optional().catch(undefined),
  /** Without one, by price. */
  sort: z.enum(['uses', 'latency', 'success', 'new', 'name']).optional().catch(undefined),
})

export type MarketSearch = z.infer<typeof marketSearch>
