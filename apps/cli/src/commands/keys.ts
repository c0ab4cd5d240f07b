import { formatAmount, parseAmount } from '@stoa/protocol'
import { z } from 'zod'
import type { Config } from '../home/config.ts'
import { asStarted } from '../output/asStarted.ts'
import { type Context, requireConfig } from './context.ts'
import { gatewayCall } from './gatewayCall.ts'
import { readAnswer } from './readAnswer.ts'

const keySchema = z
  .object({
    ...{ id: z.string(), name: z.string(), start: z.string(), revoked_at: z.number().nullable() },
    ...{ per_call: z.string().nullable(), per_day: z.string().nullable(), total: z.string().nullable() },
    ...{ spent_total: z.string(), spent_today: z.string(), held: z.string() },
  })
  .loose()
const newKeySchema = keySchema.extend({ key: z.string() })
const listSchema = z.object({ data: z.array(keySchema) })

type DescribedKey = z.infer<typeof keySchema>

export type AddKeyOptions = {
  /** In token units. */
  perCall?: string
  perDay?: string
  total?: string
  /** Percentages. */
  alertAt?: readonly number[]
  /** The member `provider` of specs/routing.md. */
  rules?: unknown
}

/** Makes a key for a caller of the gateway, and shows it, this once. */
export async function addKey({ home, printer }: Context, name: string, options: AddKeyOptions): Promise<void> {
  const config = await requireConfig(home)
  const { perCall, perDay, total, alertAt, rules } = options
  const wei = (amount: string | undefined) => (amount === undefined ? null : String(parseAmount(amount, config.token)))
  const made = readAnswer(
    newKeySchema,
    await gatewayCall(home, config, '/v1/keys', {
      ...{ name, per_call: wei(perCall), per_day: wei(perDay), total: wei(total) },
      ...(alertAt && { alert_at: alertAt }),
      ...(rules !== undefined && { provider: rules }),
    }),
    'The gateway',
  )
  const warning = config.buying?.requireKey
    ? ''
    : asStarted(
        '\n\nThe gateway answers without a key too, at the expense of the whole deposit: "stoa up --require-key" ends that.',
      )
  printer.result(
    made,
    `${made.key}\n\nIt is shown this once. ${describe(config, made)}\nCallers send it as "Authorization: Bearer …", as OpenAI's clients do with apiKey.${warning}`,
  )
}

/** Lists the keys of callers, and what they spent. */
export async function listKeys({ home, printer }: Context): Promise<void> {
  const config = await requireConfig(home)
  const { data } = readAnswer(listSchema, await gatewayCall(home, config, '/v1/keys'), 'The gateway')
  printer.result(
    data,
    data.map((key) => describe(config, key)).join('\n') || asStarted('No keys yet: stoa key add <name>.'),
  )
}

/** Revokes a key: its next call is refused. */
export async function revokeKey({ home, printer }: Context, id: string): Promise<void> {
  const config = await requireConfig(home)
  const path = `/v1/keys/${encodeURIComponent(id)}`
  const key = readAnswer(keySchema, await gatewayCall(home, config, path, undefined, 'DELETE'), 'The gateway')
  printer.result(key, describe(config, key))
}

function describe({ token }: Config, key: DescribedKey): string {
  const amount = (wei: string) => formatAmount(BigInt(wei), token)
  const of = (limit: string | null) => (limit === null ? '' : ` of ${amount(limit)}`)
  const parts = [
    `${amount(key.spent_today)}${of(key.per_day)} today`,
    `${amount(key.spent_total)}${of(key.total)} in all`,
    ...(key.per_call === null ? [] : [`at most ${amount(key.per_call)} a call`]),
    ...(key.held === '0' ? [] : [`${amount(key.held)} held for calls under way`]),
    ...(key.revoked_at === null ? [] : [`revoked ${new Date(key.revoked_at * 1000).toISOString()}`]),
  ]
  return `${key.id}  ${key.start}…  ${key.name.padEnd(16)} ${parts.join(', ')}`
}
