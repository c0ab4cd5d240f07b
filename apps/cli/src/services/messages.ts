import { z } from 'zod'

/** What the parent asks of a service, over the channel that the fork opens. */
export const orderSchema = z.object({ id: z.int(), verb: z.enum(['settle', 'status', 'stop']) })
export type Order = z.infer<typeof orderSchema>

/** What a service says: that it listens, what came of an order, or what happened. */
export const noticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string(), info: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal('done'), id: z.int(), json: z.string() }),
  z.object({
    type: z.literal('failed'),
    id: z.int().optional(),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
  }),
])
export type Notice = z.infer<typeof noticeSchema>
