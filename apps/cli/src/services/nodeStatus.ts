import { z } from 'zod'

/** What of a running node's status is shown; amounts as decimal strings. */
const nodeStatusSchema = z.object({
  /** Why calls should not come to it now. */
  problems: z.array(z.string()).default([]),
  /** What its operator should do something about before it is a problem. */
  warnings: z.array(z.string()).default([]),
  disputes: z
    .object({
      on: z.array(z.object({ game: z.string(), waitsFor: z.enum(['us', 'challenger']), deadline: z.number() })),
      acquitted: z.number(),
      convicted: z.number(),
      warnings: z.array(z.string()),
    })
    .optional(),
})

/** The node's part of what the running services answered to the order `status`. */
export function nodeStatusOf(services: unknown): z.infer<typeof nodeStatusSchema> {
  return z.object({ node: nodeStatusSchema }).safeParse(services).data?.node ?? { problems: [], warnings: [] }
}
