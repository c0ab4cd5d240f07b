import type { Handler, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import { DEFAULT_ALERTS, type KeySettings, type KeyStanding } from '../keys/key.ts'
import { providerRules } from '../routing/providerRules.ts'
import type { Env, HttpContext } from './context.ts'
import { readJson } from './readJson.ts'

const amount = z
  .string()
  .regex(/^\d{1,30}$/, 'is no amount: write wei as a decimal string')
  .nullish()
const settings = z.strictObject({
  name: z.string().min(1).max(100),
  ...{ per_call: amount, per_day: amount, total: amount },
  alert_at: z.array(z.int().min(1).max(100)).max(10).nullish(),
  provider: providerRules.nullish(),
})
const changes = settings.partial()

/** `POST /v1/keys`: a new key, shown this once (specs/keys.md). */
export function createKey({ keys, limits }: HttpContext): Handler<Env> {
  return async (c) => {
    const asked = await readJson(c.req.raw, settings, limits.bodyBytes)
    const { alertAt = DEFAULT_ALERTS, ...rest } = settingsOf(asked)
    const { secret, key } = keys.create({ ...rest, name: asked.name, alertAt })
    return c.json({ ...describeKey(keys.standing(key.id)), key: secret }, 201)
  }
}

/** `GET /v1/keys`: all of them, and what they spent. */
export function listKeys({ keys }: HttpContext): Handler<Env> {
  return (c) => c.json({ object: 'list', data: keys.list().map(describeKey) })
}

/** `PATCH /v1/keys/<id>`. */
export function updateKey({ keys, limits }: HttpContext): Handler<Env> {
  return async (c) => {
    const { id } = keys.update(
      c.req.param('id') ?? '',
      settingsOf(await readJson(c.req.raw, changes, limits.bodyBytes)),
    )
    return c.json(describeKey(keys.standing(id)))
  }
}

/** `DELETE /v1/keys/<id>`: its next call is refused. */
export function revokeKey({ keys }: HttpContext): Handler<Env> {
  return (c) => c.json(describeKey(keys.standing(keys.revoke(c.req.param('id') ?? '').id)))
}

/** `GET /v1/key`: the key that asks. */
export function ownKey({ keys }: HttpContext): Handler<Env> {
  return (c) => {
    const id = c.get('key')
    if (id === undefined) throw new NoKeyShownError()
    return c.json(describeKey(keys.standing(id)))
  }
}

/** What callers with a key of the list may ask for besides buying: nothing that shows what others do, or changes what they may. */
const KEYS_MAY = [/^\/health$/, /^\/v1\/models(\/|$)/, /^\/v1\/key$/, /^\/v1\/receipts\/0x[0-9a-fA-F]{64}$/]
const KEYS_MAY_BUY = [/^\/v1\/(chat\/)?completions$/, /^\/v1\/embeddings$/, /^\/v2\/models\/.+\/infer$/]

/** Everything else is the owner's. */
export const onlyWhatKeysMay: MiddlewareHandler<Env> = async (c, next) => {
  const { method, path } = c.req
  const may = method === 'POST' ? KEYS_MAY_BUY : method === 'GET' ? KEYS_MAY : []
  if (c.get('key') !== undefined && !may.some((pattern) => pattern.test(path))) throw new OwnerOnlyError(method, path)
  await next()
}

/** As they are kept: what the request leaves out is left out, what it sets to null is no budget. */
function settingsOf(asked: z.infer<typeof changes>): Partial<KeySettings> {
  const { name, per_call, per_day, total, alert_at, provider } = asked
  return {
    ...(name !== undefined && { name }),
    ...(per_call !== undefined && { perCall: weiOf(per_call) }),
    ...(per_day !== undefined && { perDay: weiOf(per_day) }),
    ...(total !== undefined && { total: weiOf(total) }),
    ...(alert_at != null && { alertAt: [...new Set(alert_at)].sort((a, b) => a - b) }),
    ...(provider !== undefined && { rules: provider ?? undefined }),
  }
}

const weiOf = (text: string | null): bigint | undefined => (text === null ? undefined : BigInt(text))

function describeKey({ key, spentTotal, spentToday, held, leftToday, leftTotal, days }: KeyStanding) {
  return {
    ...{ id: key.id, object: 'stoa.key', name: key.name, start: key.start, created_at: key.createdAt },
    revoked_at: key.revokedAt ?? null,
    ...{ per_call: textOf(key.perCall), per_day: textOf(key.perDay), total: textOf(key.total), alert_at: key.alertAt },
    provider: key.rules ?? null,
    ...{ spent_total: String(spentTotal), spent_today: String(spentToday), held: String(held) },
    ...{ left_today: textOf(leftToday), left_total: textOf(leftTotal) },
    days: days.map(({ day, spent }) => ({ day, spent: String(spent) })),
  }
}

const textOf = (wei: bigint | undefined): string | null => (wei === undefined ? null : String(wei))

class OwnerOnlyError extends GatewayError {
  override name = 'OwnerOnlyError'
  constructor(method: string, path: string) {
    super(`${method} ${path.slice(0, 200)} is for the owner of the gateway.`, {
      ...{ code: 'OWNER_ONLY', status: 403 },
      hint: 'A key may buy, list models, and see its own budget: GET /v1/key.',
    })
  }
}

class NoKeyShownError extends GatewayError {
  override name = 'NoKeyShownError'
  constructor() {
    super('No key of the list was shown: the owner has no budget.', {
      ...{ code: 'KEY_NOT_FOUND', status: 404 },
      hint: 'Send "Authorization: Bearer stoa_…", or GET /v1/keys for all keys.',
    })
  }
}
