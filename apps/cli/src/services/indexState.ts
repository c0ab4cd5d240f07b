import { z } from 'zod'

const indexSchema = z.object({
  url: z.string(),
  state: z.enum(['down', 'starting', 'reading', 'ready']),
  block: z.number().optional(),
  ends: z.number(),
  problem: z.string().optional(),
})

/** How the index stands, in words too, by what the running services answered to the order `status`; undefined where none was started. */
export function indexStateOf(services: unknown): (z.infer<typeof indexSchema> & { words: string }) | undefined {
  const index = z.object({ index: indexSchema }).safeParse(services).data?.index
  return index && { ...index, words: wordsOf(index) }
}

function wordsOf({ state, block, ends, problem }: z.infer<typeof indexSchema>): string {
  const again = ends > 0 ? `; started again ${ends === 1 ? 'once' : `${ends} times`}` : ''
  switch (state) {
    case 'ready':
      return `up to block ${block}${again}`
    case 'reading':
      return `reads the chain's past${block === undefined ? '' : `, at block ${block}`}${again}`
    case 'starting':
      return `starts${again}`
    case 'down':
      return `down: ${problem ?? 'it ended'}`
  }
}
