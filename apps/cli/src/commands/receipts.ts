import { formatAmount } from '@stoa/protocol'
import { z } from 'zod'
import { asStarted } from '../output/asStarted.ts'
import { type Context, requireConfig } from './context.ts'
import { gatewayCall } from './gatewayCall.ts'
import { readAnswer } from './readAnswer.ts'

const pageSchema = z.object({
  data: z.array(
    z
      .object({
        ...{ digest: z.string(), model: z.string(), charge: z.string(), answered_at: z.number() },
        dispute: z.object({ words: z.string() }).nullish(),
      })
      .loose(),
  ),
})

/** Lists the receipts that the gateway keeps, newest first, each with what became of a dispute about it, or shows one whole. */
export async function receipts({ home, printer }: Context, digest: string | undefined, limit: number): Promise<void> {
  const config = await requireConfig(home)
  if (digest !== undefined) {
    printer.result(await gatewayCall(home, config, `/v1/receipts/${encodeURIComponent(digest)}`))
    return
  }
  const { data } = readAnswer(pageSchema, await gatewayCall(home, config, `/v1/receipts?limit=${limit}`), 'The gateway')
  const lines = data.map((r) => {
    const time = new Date(r.answered_at * 1000).toISOString()
    const dispute = r.dispute ? `\n    ${r.dispute.words}` : ''
    return `${time}  ${r.digest}  ${r.model.padEnd(16)} ${formatAmount(BigInt(r.charge), config.token)}${dispute}`
  })
  printer.result(data, lines.join('\n') || asStarted('No receipts yet. Buy an answer: stoa infer --text "hello".'))
}
