import { formatAmount } from '@stoa/protocol'
import { z } from 'zod'
import type { Config } from '../home/config.ts'
import type { Context } from './context.ts'
import { requireConfig } from './context.ts'
import { gatewayCall } from './gatewayCall.ts'
import { readAnswer } from './readAnswer.ts'

const listSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      stoa: z.object({
        model_id: z.string(),
        task: z.string(),
        price: z.string(),
        unit: z.string(),
        proof_kind: z.string(),
        profile: z.string().nullable(),
        providers: z.number(),
      }),
    }),
  ),
})

/** Lists what the gateway can buy. */
export async function models({ home, printer }: Context): Promise<void> {
  const config = await requireConfig(home)
  const { data } = readAnswer(listSchema, await gatewayCall(home, config, '/v1/models'), 'The gateway')
  printer.result(data, data.map((model) => describe(config, model)).join('\n'))
}

function describe({ token }: Config, { id, stoa }: z.infer<typeof listSchema>['data'][number]): string {
  const price = `${formatAmount(BigInt(stoa.price), token)} per million ${stoa.unit}s`
  return `${stoa.model_id.padStart(4)}  ${id.padEnd(24)} ${stoa.task.padEnd(10)} ${price.padEnd(36)} ${`${stoa.proof_kind}${stoa.profile ? ` (${stoa.profile})` : ''}`.padEnd(20)} ${stoa.providers} provider(s)`
}
